import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadline, Deadlines } from "../../lib/server/deadlines.ts";

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

describe("Deadlines", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("expires each entry once, at its own time, in order", () => {
    const expired: [string, number][] = [];
    const started = performance.now();
    const deadlines = new Deadlines<string>(100, clock, (entry) =>
      expired.push([entry, performance.now() - started]),
    );
    deadlines.set(new Deadline("first"));
    vi.advanceTimersByTime(30);
    deadlines.set(new Deadline("second"));
    vi.advanceTimersByTime(1_000);
    expect(expired).toEqual([
      ["first", 100],
      ["second", 130],
    ]);
    expect(deadlines.size).toBe(0);
  });

  it("agrees with one timer for each entry, whatever is set and cleared when", () => {
    const step = fc.record({
      entry: fc.integer({ min: 0, max: 4 }),
      act: fc.constantFrom("set" as const, "clear" as const),
      wait: fc.integer({ min: 0, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const expired: [number, number][] = [];
        const expected: [number, number][] = [];
        const timers = new Map<number, NodeJS.Timeout>();
        const deadlines = new Deadlines<number>(50, clock, (entry) =>
          expired.push([entry, performance.now()]),
        );
        const entries = [0, 1, 2, 3, 4].map((entry) => new Deadline(entry));
        for (const { entry, act, wait } of steps) {
          deadlines[act](entries[entry] ?? expect.fail());
          clearTimeout(timers.get(entry));
          if (act === "set") {
            timers.set(
              entry,
              setTimeout(() => expected.push([entry, performance.now()]), 50),
            );
          }
          vi.advanceTimersByTime(wait);
        }
        vi.advanceTimersByTime(100);
        expect(expired).toEqual(expected);
      }),
    );
  });

  it("has one timer for any number of entries, and none when there are none left", () => {
    const deadlines = new Deadlines<number>(100, clock, () => {});
    const entries = Array.from({ length: 1_000 }, (_, entry) => new Deadline(entry));
    for (const entry of entries) deadlines.set(entry);
    expect(vi.getTimerCount()).toBe(1);
    for (const entry of entries) deadlines.clear(entry);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("can set an entry anew while it expires", () => {
    let times = 0;
    const again = new Deadline("entry");
    const deadlines = new Deadlines<string>(10, clock, () => {
      times += 1;
      if (times < 3) deadlines.set(again);
    });
    deadlines.set(again);
    vi.advanceTimersByTime(10);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(times).toBe(3);
  });

  it("expires what is left when told to", () => {
    const expired: string[] = [];
    const deadlines = new Deadlines<string>(10, clock, (entry) => expired.push(entry));
    deadlines.set(new Deadline("first"));
    deadlines.set(new Deadline("second"));
    deadlines.expireAll();
    expect(expired).toEqual(["first", "second"]);
  });
});

it("keeps nothing of an entry that was cleared, also of many after a quiet time", async () => {
  const script = fileURLToPath(new URL("./busy-deadlines.ts", import.meta.url));
  const flags = ["--expose-gc", "--no-allocation-site-pretenuring"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script]);
  // A `Set` of them kept 40 MB until everything was collected.
  expect(Number(stdout)).toBeLessThan(8_000_000);
});
