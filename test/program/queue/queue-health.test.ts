import { describe, expect, it } from "vitest";
import { probedHealth } from "../../../lib/program/queue/queue-health.ts";
import { watchedQueue } from "../../../lib/program/queue/watched-queue.ts";
import type { PushResult, Queue } from "../../../lib/queue/queue.ts";
import { QueueError } from "../../../lib/queue/queue-error.ts";
import { ManualTime } from "../../queue/spool/manual-time.ts";
import { numberedMessage } from "../../support/messages.ts";

const well = { accepting: true, queue: "well" };
const failing = { accepting: false, queue: "failing" };

/** A queue that answers when it is asked about itself, whatever becomes of messages. */
function setUp() {
  const time = new ManualTime();
  let result: PushResult = { outcome: "accepted" };
  let asked = 0;
  const queue: Queue = {
    async push() {
      if (result.outcome === "failed") throw result.error;
      return result;
    },
    pushMany: async (pushes) => pushes.map(() => result),
    refusal: () => undefined,
    close: async () => {},
  };
  const watched = watchedQueue(queue, time);
  let answer: Error | undefined;
  const client = {
    getQueueAttributes: async () => {
      asked += 1;
      if (answer !== undefined) throw answer;
      return { Attributes: {} };
    },
  };
  const changes: (string | null)[] = [];
  const pushOne = () => watched.queue.push(numberedMessage(1), 1_000).catch(() => {});
  const pushMany = () => watched.queue.pushMany([{ message: numberedMessage(1), contentId: "1" }], 1_000);
  return {
    time,
    pushes: { one: pushOne, many: pushMany },
    health: probedHealth({
      pushes: watched,
      client,
      queueUrl: "http://localhost/0/postern",
      clock: time,
      onChange: (reason) => changes.push(reason),
    }),
    asked: () => asked,
    changes,
    answer: (error?: Error) => {
      answer = error;
    },
    fail: (code: ConstructorParameters<typeof QueueError>[0]) => {
      result = { outcome: "failed", error: new QueueError(code, "no") };
    },
    mend: () => {
      result = { outcome: "accepted" };
    },
  };
}

describe("health without a spool", () => {
  it.each(["one", "many"] as const)(
    "is that of the last push, of %s, and after a while what the queue says of itself",
    async (kind) => {
      const { time, pushes, health, fail, mend } = setUp();
      expect(await health()).toEqual(well);
      for (const code of ["unavailable", "timeout"] as const) {
        fail(code);
        await pushes[kind]();
        expect(await health()).toEqual(failing);
        mend();
        await pushes[kind]();
        expect(await health()).toEqual(well);
      }
      fail("unavailable");
      await pushes[kind]();
      await time.pass(5_001);
      expect(await health()).toEqual(well);
    },
  );

  it.each(["too_large", "refused", "conflict"] as const)(
    "is none the worse for a message that is %s",
    async (code) => {
      const { pushes, health, fail } = setUp();
      fail(code);
      await pushes.one();
      expect(await health()).toEqual(well);
      fail("unavailable");
      await pushes.one();
      fail(code);
      for (const push of [pushes.one, pushes.many]) await push();
      expect(await health()).toEqual(failing);
    },
  );

  it("tells once why the queue cannot be reached, and that it can be again", async () => {
    const { time, health, answer, changes } = setUp();
    answer(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
    for (let count = 0; count < 3; count += 1) {
      expect(await health()).toEqual(failing);
      await time.pass(5_001);
    }
    answer();
    expect(await health()).toEqual(well);
    expect(changes).toEqual([expect.stringContaining("ECONNREFUSED"), null]);
  });

  it("is well where the queue may not be asked", async () => {
    const { health, answer, changes } = setUp();
    answer(Object.assign(new Error("no"), { name: "AccessDeniedException" }));
    expect(await health()).toEqual(well);
    expect(changes).toEqual([]);
  });

  it("asks the queue seldom", async () => {
    const { time, health, asked } = setUp();
    for (let count = 0; count < 100; count += 1) await health();
    expect(asked()).toBe(1);
    await time.pass(5_001);
    await health();
    expect(asked()).toBe(2);
  });
});
