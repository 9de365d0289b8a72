import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sequenceRuns } from "../../../../lib/queue/spool/disk/sequence-runs.ts";

describe("sequenceRuns", () => {
  it("joins what is consecutive, whatever the order", () => {
    expect(sequenceRuns([7, 2, 1, 3, 10, 8])).toEqual([
      { first: 1, last: 3 },
      { first: 7, last: 8 },
      { first: 10, last: 10 },
    ]);
  });

  it("covers exactly the sequences, with a gap between any two runs", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (sequences) => {
        const runs = sequenceRuns(sequences);
        const covered = runs.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        );
        expect(covered).toEqual([...sequences].sort((one, other) => one - other));
        for (const [index, { first }] of runs.entries()) {
          expect(first - (runs[index - 1]?.last ?? Number.NEGATIVE_INFINITY)).toBeGreaterThan(1);
        }
      }),
    );
  });
});
