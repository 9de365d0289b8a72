import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryStore } from "../../lib/consumer/memory-store.ts";

const clockAt = (time: { now: number }) => ({ now: () => time.now });

it("gives a claim to one at a time, until it lapses", async () => {
  const time = { now: 1_000 };
  const store = memoryStore({ clock: clockAt(time) });
  expect(await store.claim("a", 2_000)).toBe("claimed");
  expect(await store.claim("a", 3_000)).toBe("busy");
  time.now = 2_000;
  expect(await store.claim("a", 3_000)).toBe("claimed");
});

it("gives a released claim at once", async () => {
  const store = memoryStore();
  await store.claim("a", Number.POSITIVE_INFINITY);
  await store.release("a");
  expect(await store.claim("a", 0)).toBe("claimed");
});

it("remembers just the latest that were handled, as many as its limit", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9)), fc.integer({ min: 1, max: 5 }), async (ids, limit) => {
      const store = memoryStore({ limit });
      for (const id of ids) await store.commit(String(id));
      const latest = new Set([...new Set(ids.toReversed())].slice(0, limit));
      for (let id = 0; id < 10; id += 1) {
        expect(await store.claim(String(id), 0)).toBe(latest.has(id) ? "handled" : "claimed");
      }
    }),
  );
});

it.each([0, -1, 1.5, Number.NaN])("refuses a limit of %d", (limit) => {
  expect(() => memoryStore({ limit })).toThrow(
    `Expected \`limit\` to be a positive integer, got \`${limit}\``,
  );
});
