import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atMost } from "../../lib/application/at-most.ts";

describe("atMost", () => {
  it("runs every task, in order, as many at a time as it may and never more, whether they fail or not", async () => {
    const tasks = fc.array(fc.record({ turns: fc.integer({ min: 1, max: 3 }), fails: fc.boolean() }), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), tasks, async (places, tasks) => {
        const inTurn = atMost(places);
        const begun: number[] = [];
        let running = 0;
        let most = 0;
        const settled = await Promise.allSettled(
          tasks.map(({ turns, fails }, index) =>
            inTurn(async () => {
              begun.push(index);
              running += 1;
              most = Math.max(most, running);
              for (let passed = 0; passed < turns; passed += 1) await turn();
              running -= 1;
              if (fails) throw new Error("failed");
              return index;
            }),
          ),
        );
        expect(begun).toEqual(tasks.map((_, index) => index));
        expect(most).toBe(Math.min(places, tasks.length));
        expect(settled.map(({ status }) => status)).toEqual(
          tasks.map(({ fails }) => (fails ? "rejected" : "fulfilled")),
        );
      }),
      { numRuns: 50 },
    );
  });
});
