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

  it("never runs a task that was given up while it waited, and goes on with those behind it", async () => {
    const withPatience = fc.array(
      fc.record({ size: fc.integer({ min: 1, max: room }), waits: fc.boolean() }),
      {
        maxLength: 20,
      },
    );
    await fc.assert(
      fc.asyncProperty(withPatience, async (tasks) => {
        const inTurn = atMost(room);
        const { promise: holding, resolve: leave } = Promise.withResolvers<void>();
        const holder = inTurn(() => holding, room);
        const begun: number[] = [];
        const settled = tasks.map(({ size, waits }, index) => {
          const patience = new AbortController();
          const outcome = inTurn(async () => void begun.push(index), size, patience.signal).then(
            () => "ran",
            (reason: unknown) => reason,
          );
          return { outcome, giveUp: () => waits || patience.abort("gave up"), patience };
        });
        for (const { giveUp } of settled) giveUp();
        leave();
        await holder;
        const outcomes = await Promise.all(settled.map(({ outcome }) => outcome));
        expect(outcomes).toEqual(tasks.map(({ waits }) => (waits ? "ran" : "gave up")));
        expect(begun).toEqual(tasks.flatMap(({ waits }, index) => (waits ? [index] : [])));
        // What has run is not given up any more.
        for (const { patience } of settled) patience.abort("too late");
        await expect(inTurn(async () => "ran", room)).resolves.toBe("ran");
      }),
    );
  });

  it("lets those behind in who take less, once the one before them has given up", async () => {
    const inTurn = atMost(2);
    const { promise: holding, resolve: leave } = Promise.withResolvers<void>();
    const holder = inTurn(() => holding);
    const patience = new AbortController();
    const large = inTurn(async () => "ran", 2, patience.signal);
    const small = inTurn(async () => "ran");
    patience.abort("gave up");
    await expect(large).rejects.toBe("gave up");
    await expect(small).resolves.toBe("ran");
    leave();
    await holder;
  });

  it("never runs a task that was given up before it came", async () => {
    const inTurn = atMost(1);
    const ran: string[] = [];
    await expect(inTurn(async () => ran.push("it ran"), 1, AbortSignal.abort("gave up"))).rejects.toBe(
      "gave up",
    );
    expect(ran).toEqual([]);
    await expect(inTurn(async () => "ran")).resolves.toBe("ran");
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
