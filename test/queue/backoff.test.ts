import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoff } from "../../lib/queue/backoff.ts";

describe("backoff", () => {
  it("doubles its bound with each failure up to the cap", () => {
    const bounds = [1, 2, 3, 4, 5, 6, 5_000].map((attempt) =>
      backoff(attempt, { base: 50, cap: 400 }, () => 1),
    );
    expect(bounds).toEqual([50, 100, 200, 400, 400, 400, 400]);
  });

  it("grows as slowly as it is told", () => {
    const options = { base: 64, cap: 1_000, growth: 1.25 };
    expect([1, 2, 3, 99].map((attempt) => backoff(attempt, options, () => 1))).toEqual([64, 80, 100, 1_000]);
  });

  it("may be anything up to its bound", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, share) => {
          const options = { base: 50, cap: 1_000 };
          const bound = backoff(attempt, options, () => 1);
          expect(backoff(attempt, options, () => share)).toBe(share * bound);
        },
      ),
    );
  });
});
