import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FingerprintTable } from "../../../../lib/queue/spool/disk/fingerprint-table.ts";

/** Of the fingerprints for which a search begins at one slot, while the table has its first size. */
const slot = 2 ** 22;
/** Few, so that they meet, and such that lie side by side at the array's end and beginning. */
const fingerprint = fc.constantFrom(
  ...[0, 1, 2, slot, slot + 1, 2 ** 31, 2 ** 32 - slot - 1, 2 ** 32 - slot, 2 ** 32 - 2, 2 ** 32 - 1],
);

const steps = fc.array(
  fc.oneof(
    fc.record({ step: fc.constant("add" as const), fingerprint, leap: fc.nat(5) }),
    fc.record({ step: fc.constant("delete" as const), which: fc.nat() }),
  ),
  { maxLength: 200 },
);

const sorted = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);

describe("FingerprintTable", () => {
  it("knows what was added and not deleted, as a list of pairs does, also past 32 bits", () => {
    fc.assert(
      fc.property(
        steps,
        fc.constantFrom(1, 2 ** 32 - 20),
        fc.option(fc.nat(20)),
        (sequence, first, expected) => {
          const table = new FingerprintTable(expected ?? undefined);
          let pairs: { fingerprint: number; number: number }[] = [];
          let number = first;
          for (const step of sequence) {
            if (step.step === "add") {
              number += 1 + step.leap;
              table.add(step.fingerprint, number);
              pairs.push({ fingerprint: step.fingerprint, number });
            } else {
              const gone = pairs[step.which % pairs.length];
              if (gone === undefined) continue;
              table.delete(gone.fingerprint, gone.number);
              pairs = pairs.filter((pair) => pair !== gone);
            }
          }
          expect(table.size).toBe(pairs.length);
          for (const wanted of new Set(pairs.map((pair) => pair.fingerprint))) {
            // 0 stands for an empty slot, and so is taken for 1.
            const same = pairs.filter((pair) => (pair.fingerprint || 1) === (wanted || 1));
            expect(sorted(table.numbers(wanted))).toEqual(sorted(same.map((pair) => pair.number)));
          }
        },
      ),
    );
  });

  it("grows with what is added, and finds all of it", () => {
    const table = new FingerprintTable();
    const spread = (number: number) => Math.imul(number, 0x9e3779b1);
    for (let number = 1; number <= 10_000; number += 1) table.add(spread(number), number);
    for (let number = 1; number <= 5_000; number += 1) table.delete(spread(number), number);
    for (let number = 1; number <= 10_000; number += 1) {
      expect(table.numbers(spread(number))).toEqual(number <= 5_000 ? [] : [number]);
    }
  });

  it("deletes nothing where there is nothing", () => {
    const table = new FingerprintTable();
    table.add(7, 1);
    table.delete(7, 2);
    table.delete(8, 1);
    expect(table.numbers(7)).toEqual([1]);
  });
});
