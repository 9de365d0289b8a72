import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { TurnQueue } from "../../lib/http/turn-queue.ts";

it("runs one job in each turn of the event loop, in their order, also those that jobs take meanwhile", async () => {
  const turns = new TurnQueue();
  const done: string[] = [];
  turns.take(() => {
    done.push("a");
    turns.take(() => done.push("c"));
  });
  turns.take(() => done.push("b"));
  const after: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    after.push(done.join(""));
    await turn();
  }
  expect(after).toEqual(["", "a", "ab", "abc"]);
});
