import fc from "fast-check";
import { expect, it } from "vitest";
import { sharesOf } from "../../../lib/queue/spool/commit-shares.ts";

it("divides items in their order, each share within the limits and as full as the next item lets it be", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 120 }) })),
      fc.integer({ min: 1, max: 5 }),
      (items, most) => {
        const limits = { items: most, bytes: 100 };
        const fits = (share: readonly { bytes: number }[]) =>
          share.length <= most &&
          (share.length === 1 || share.reduce((sum, { bytes }) => sum + bytes, 0) <= limits.bytes);
        const shares = sharesOf(items, limits);
        expect(shares.flat()).toEqual(items);
        for (const [index, share] of shares.entries()) {
          expect(share.length).toBeGreaterThan(0);
          expect(fits(share)).toBe(true);
          const next = shares[index + 1]?.slice(0, 1);
          if (next !== undefined) expect(fits([...share, ...next])).toBe(false);
        }
      },
    ),
  );
});
