import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planBatch } from "../../../lib/queue/sqs/plan-batch.ts";

const limits = { entries: 10, bytes: 100 };
const entry = fc.record({
  group: fc.constantFrom("a", "b", "c", "d"),
  bytes: fc.integer({ min: 1, max: 100 }),
});
const entries = fc
  .array(entry, { maxLength: 60 })
  .map((list) => list.map((item, index) => ({ ...item, index })));

/** All the calls that carry everything, one after the other. */
function planAll<Entry extends { readonly group: string; readonly bytes: number }>(
  waiting: readonly Entry[],
  ordered: boolean,
) {
  const batches: (readonly Entry[])[] = [];
  let left = waiting;
  while (left.length > 0) {
    const { batch, rest } = planBatch(left, limits, ordered ? () => false : undefined);
    if (batch.length === 0) throw new Error("no progress");
    batches.push(batch);
    left = rest;
  }
  return batches;
}

describe("planBatch", () => {
  it("loses nothing, doubles nothing and keeps every limit", () => {
    fc.assert(
      fc.property(entries, fc.boolean(), (waiting, ordered) => {
        const batches = planAll(waiting, ordered);
        expect(
          batches
            .flat()
            .map(({ index }) => index)
            .sort((a, b) => a - b),
        ).toEqual(waiting.map(({ index }) => index));
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(limits.entries);
          expect(batch.reduce((bytes, item) => bytes + item.bytes, 0)).toBeLessThanOrEqual(limits.bytes);
        }
      }),
    );
  });

  it("keeps the order of each group where order counts", () => {
    fc.assert(
      fc.property(entries, (waiting) => {
        for (const group of ["a", "b", "c", "d"]) {
          const sent = planAll(waiting, true)
            .flat()
            .filter((item) => item.group === group);
          expect(sent).toEqual(waiting.filter((item) => item.group === group));
        }
      }),
    );
  });

  it("carries no two entries of a group in one call where order counts", () => {
    fc.assert(
      fc.property(entries, (waiting) => {
        for (const batch of planAll(waiting, true)) {
          expect(new Set(batch.map(({ group }) => group)).size).toBe(batch.length);
        }
      }),
    );
  });

  it("takes nothing of a blocked group, and leaves what waits in its order", () => {
    fc.assert(
      fc.property(entries, fc.subarray(["a", "b", "c", "d"]), (waiting, blocked) => {
        const { batch, rest } = planBatch(waiting, limits, (group) => blocked.includes(group));
        expect(batch.every(({ group }) => !blocked.includes(group))).toBe(true);
        const taken = new Set(batch);
        expect(rest).toEqual(waiting.filter((item) => !taken.has(item)));
      }),
    );
  });

  it("fills a call with ten small entries", () => {
    const waiting = Array.from({ length: 25 }, () => ({ group: "a", bytes: 10 }));
    expect(planAll(waiting, false).map((batch) => batch.length)).toEqual([10, 10, 5]);
  });

  it("lets a smaller one go ahead of one that no longer fits, on a standard queue", () => {
    const [large, larger, small] = [60, 70, 40].map((bytes) => ({ group: "a", bytes }));
    if (large === undefined || larger === undefined || small === undefined) throw new Error();
    expect(planBatch([large, larger, small], limits).batch).toEqual([large, small]);
    expect(planBatch([large, larger, small], limits, () => false).batch).toEqual([large]);
  });
});
