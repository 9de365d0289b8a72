import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atMost } from "../../lib/application/at-most.ts";

const room = 5;
const someTasks = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: room }),
    turns: fc.integer({ min: 1, max: 3 }),
    fails: fc.boolean(),
  }),
  { maxLength: 20 },
);

describe("atMost", () => {
  it("runs every task, in order, as soon as there is room and never before, whether they fail or not", async () => {
    await fc.assert(
      fc.asyncProperty(someTasks, async (tasks) => {
        const inTurn = atMost(room);
        const begun: number[] = [];
        let running = 0;
        const settled = await Promise.allSettled(
          tasks.map(({ size, turns, fails }, index) =>
            inTurn(async () => {
              begun.push(index);
              running += size;
              for (let passed = 0; passed < turns; passed += 1) {
                await turn();
                expect(running).toBeLessThanOrEqual(room);
                expect(running + (tasks[begun.length]?.size ?? room)).toBeGreaterThan(room);
              }
              running -= size;
              if (fails) throw new Error("failed");
              return index;
            }, size),
          ),
        );
        expect(begun).toEqual(tasks.map((_, index) => index));
        expect(settled.map((one) => (one.status === "rejected" ? one.reason.message : one.value))).toEqual(
          tasks.map(({ fails }, index) => (fails ? "failed" : index)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("takes a task for one where no size is said", async () => {
    const inTurn = atMost(2);
    let running = 0;
    const most = await Promise.all(
      Array.from({ length: 4 }, () =>
        inTurn(async () => {
          running += 1;
          await turn();
          return running--;
        }),
      ),
    );
    expect(Math.max(...most)).toBe(2);
  });
});
