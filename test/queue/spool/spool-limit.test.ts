import fc from "fast-check";
import { expect, it } from "vitest";
import { SpoolLimit } from "../../../lib/queue/spool/spool-limit.ts";

it("takes what fits beside what the spool is to hold, to the byte, and says whether that will change", () => {
  const sizes = fc.nat(3_000);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), sizes, sizes, (limit, bytes, before) => {
      const refusal = new SpoolLimit(limit).refusal(bytes, before);
      expect(refusal === undefined).toBe(before + bytes <= limit);
      if (refusal !== undefined)
        expect(refusal).toMatchObject({ code: "unavailable", retryable: bytes <= limit });
    }),
  );
});

it("is full once it turned a message away, until some are gone or one was stored; a large one says nothing", () => {
  const room = new SpoolLimit(1_000_000);
  room.refusal(500_000, 600_000);
  expect(room.isFull(600_000)).toBe(false);
  room.refusal(5_000, 996_000);
  expect([995_999, 996_000].map((stored) => room.isFull(stored))).toEqual([false, true]);
  room.found();
  expect([996_000, 999_999, 1_000_000].map((stored) => room.isFull(stored))).toEqual([false, false, true]);
});
