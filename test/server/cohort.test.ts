import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Cohort } from "../../lib/server/cohort.ts";

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

describe("Cohort", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Jobs that note their number, and when they ran. */
  function numbered() {
    const cohort = new Cohort(clock);
    const ran: { readonly job: number; readonly at: number }[] = [];
    let count = 0;
    const add = () => {
      const job = count;
      count += 1;
      cohort.add(() => ran.push({ job, at: performance.now() }));
    };
    return { cohort, ran, add };
  }

  it("runs a job that comes alone in the same turn", () => {
    const { ran, add } = numbered();
    for (let round = 0; round < 20; round += 1) {
      const now = performance.now();
      add();
      vi.advanceTimersByTime(0);
      expect(ran.at(-1)).toEqual({ job: round, at: now });
      vi.advanceTimersByTime(5);
    }
  });

  it("runs together, in their order, what comes within two milliseconds where much comes", () => {
    const { ran, add } = numbered();
    for (let job = 0; job < 400; job += 1) {
      add();
      if (job % 4 === 3) vi.advanceTimersByTime(1);
    }
    vi.runAllTimers();
    expect(ran.map(({ job }) => job)).toEqual(Array.from({ length: 400 }, (_, job) => job));
    const turns = new Set(ran.slice(100).map(({ at }) => at));
    expect(turns.size).toBeLessThanOrEqual(300 / 8 + 1);
  });

  it("lets none wait for longer", () => {
    const { ran, add } = numbered();
    const added: number[] = [];
    for (let job = 0; job < 400; job += 1) {
      added.push(performance.now());
      add();
      if (job % 7 < 3) vi.advanceTimersByTime(job % 3);
    }
    vi.runAllTimers();
    for (const { job, at } of ran) expect(at - (added[job] ?? 0)).toBeLessThanOrEqual(2);
    expect(ran).toHaveLength(400);
  });

  it("waits for nobody any more once it is quiet", () => {
    const { ran, add } = numbered();
    for (let job = 0; job < 50; job += 1) add();
    vi.runAllTimers();
    vi.advanceTimersByTime(1_000);
    const now = performance.now();
    add();
    vi.advanceTimersByTime(0);
    expect(ran.at(-1)).toEqual({ job: 50, at: now });
  });

  it("holds at most 64", () => {
    const { ran, add } = numbered();
    for (let job = 0; job < 130; job += 1) add();
    expect(ran).toHaveLength(128);
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
