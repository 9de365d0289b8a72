import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Cohort } from "../../lib/server/cohort.ts";

describe("Cohort", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Jobs that note their number, and when they ran. */
  function numbered() {
    const cohort = new Cohort();
    const ran: { readonly job: number; readonly at: number }[] = [];
    let count = 0;
    const add = () => {
      const job = count;
      count += 1;
      cohort.gather(() => ran.push({ job, at: performance.now() }));
    };
    return { cohort, ran, add };
  }

  it("runs in the same turn what comes where few requests are under way", () => {
    const { cohort, ran, add } = numbered();
    for (let request = 0; request < 7; request += 1) cohort.began();
    for (let job = 0; job < 3; job += 1) add();
    expect(ran).toEqual([]);
    const now = performance.now();
    vi.advanceTimersByTime(0);
    expect(ran).toEqual([0, 1, 2].map((job) => ({ job, at: now })));
  });

  it("runs together, in their order, what comes within a millisecond where many are", () => {
    const { cohort, ran, add } = numbered();
    for (let request = 0; request < 8; request += 1) cohort.began();
    for (let job = 0; job < 400; job += 1) {
      add();
      if (job % 8 === 7) vi.advanceTimersByTime(1);
    }
    vi.runAllTimers();
    expect(ran.map(({ job }) => job)).toEqual(Array.from({ length: 400 }, (_, job) => job));
    expect(new Set(ran.map(({ at }) => at)).size).toBe(400 / 8);
  });

  it("lets none wait for longer", () => {
    const { cohort, ran, add } = numbered();
    for (let request = 0; request < 20; request += 1) cohort.began();
    const added: number[] = [];
    for (let job = 0; job < 400; job += 1) {
      added.push(performance.now());
      add();
      if (job % 7 < 3) vi.advanceTimersByTime(job % 3);
    }
    vi.runAllTimers();
    for (const { job, at } of ran) expect(at - (added[job] ?? 0)).toBeLessThanOrEqual(1);
    expect(ran).toHaveLength(400);
  });

  it("waits for nobody any more once they have ended", () => {
    const { cohort, ran, add } = numbered();
    for (let request = 0; request < 8; request += 1) cohort.began();
    add();
    vi.advanceTimersByTime(0);
    expect(ran).toEqual([]);
    vi.runAllTimers();
    cohort.ended();
    add();
    vi.advanceTimersByTime(0);
    expect(ran.map(({ job }) => job)).toEqual([0, 1]);
  });

  it("holds at most 16", () => {
    const { ran, add } = numbered();
    for (let job = 0; job < 34; job += 1) add();
    expect(ran).toHaveLength(32);
  });

  it("runs at the end of a turn what is for it, however many are under way", () => {
    const { cohort, ran, add } = numbered();
    for (let request = 0; request < 8; request += 1) cohort.began();
    add();
    const now = performance.now();
    const jobs = ["a", "b", "c"];
    const ranThisTurn: { readonly job: string; readonly at: number }[] = [];
    for (const job of jobs) cohort.runThisTurn(() => ranThisTurn.push({ job, at: performance.now() }));
    expect(ranThisTurn).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(ranThisTurn).toEqual(jobs.map((job) => ({ job, at: now })));
    expect(ran).toEqual([]);
  });

  it("holds at most 16 of a turn", () => {
    const { cohort } = numbered();
    let ran = 0;
    for (let job = 0; job < 34; job += 1) cohort.runThisTurn(() => (ran += 1));
    expect(ran).toBe(32);
    cohort.run();
    expect(ran).toBe(34);
  });

  it("runs after all others, and soon, what nobody waits for", () => {
    const { cohort, add, ran } = numbered();
    for (let request = 0; request < 8; request += 1) cohort.began();
    const told: number[] = [];
    const now = performance.now();
    for (let job = 0; job < 3; job += 1) cohort.runAtLeisure(() => told.push(performance.now() - now));
    add();
    vi.advanceTimersByTime(14);
    expect([ran.length, told.length]).toEqual([1, 0]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([15, 15, 15]);
    for (let job = 0; job < 300; job += 1) cohort.runAtLeisure(() => told.push(job));
    expect(told).toHaveLength(3 + 256);
    cohort.run();
    expect(told).toHaveLength(3 + 300);
  });

  it("runs those that wait when it is told to, and each once", () => {
    const { cohort, ran, add } = numbered();
    add();
    add();
    cohort.run();
    expect(ran.map(({ job }) => job)).toEqual([0, 1]);
    vi.runAllTimers();
    cohort.run();
    expect(ran).toHaveLength(2);
  });
});
