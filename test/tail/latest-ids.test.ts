import fc from "fast-check";
import { expect, it } from "vitest";
import { LatestIds } from "../../lib/tail/latest-ids.ts";

it("knows just the latest that were added, as many as its limit", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9).map(String)), fc.integer({ min: 1, max: 5 }), (added, limit) => {
      const ids = new LatestIds(limit);
      for (const id of added) ids.add(id);
      const latest = new Set([...new Set(added.toReversed())].slice(0, limit));
      for (const id of "0123456789") expect(ids.has(id)).toBe(latest.has(id));
    }),
  );
});
