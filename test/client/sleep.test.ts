import { setTimeout as timer } from "node:timers/promises";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { systemSleep } from "../../lib/client/sleep.ts";

vi.mock(import("node:timers/promises"), { spy: true });
/** Milliseconds of each timer, which goes off at once. */
const timers: (number | undefined)[] = [];
beforeEach(() => {
  timers.length = 0;
  vi.mocked(timer).mockImplementation(async (milliseconds) => void timers.push(milliseconds));
});

describe("systemSleep", () => {
  it.each([
    [0, [0]],
    [500, [500]],
    [2 ** 31 - 1, [2 ** 31 - 1]],
    [2 ** 32, [2 ** 31 - 1, 2 ** 31 - 1, 2]],
  ])("waits %d ms by timers of no more than Node takes", async (milliseconds, expected) => {
    expect(await systemSleep(milliseconds, new AbortController().signal)).toBe("slept");
    expect(timers).toEqual(expected);
  });

  it("waits for ever, until it is told otherwise", async () => {
    const stop = new AbortController();
    vi.mocked(timer).mockImplementation(async (milliseconds) => {
      if (timers.push(milliseconds) < 3) return;
      stop.abort();
      throw stop.signal.reason;
    });
    expect(await systemSleep(Number.POSITIVE_INFINITY, stop.signal)).toBe("slept");
    expect(timers).toEqual([2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1]);
  });
});
