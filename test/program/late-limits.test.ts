import { describe, expect, it } from "vitest";
import { lateLimits } from "../../lib/program/late-limits.ts";
import { QueueError } from "../../lib/queue/queue-error.ts";
import type { QueueLimits } from "../../lib/queue/queue-limits.ts";

const limits: QueueLimits = { messageBytes: 1_024, fifo: false };
const sent = (stored: number) =>
  ({ event: "sent", messages: 1, stored, refused: 0, retried: 0, duration: 1 }) as const;

/** @param answers of the queue, one after the other */
function setUp(...answers: (QueueLimits | Error)[]) {
  let now = 0;
  let asked = 0;
  const read: QueueLimits[] = [];
  const observe = lateLimits(
    async () => {
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error("asked too often");
      return answer;
    },
    (learnt) => read.push(learnt),
    { now: () => 0, monotonic: () => now },
  );
  return {
    read,
    asked: () => asked,
    /** Messages reach the queue, or not, so many milliseconds later. */
    async later(milliseconds: number, stored = 1) {
      now += milliseconds;
      observe(sent(stored));
      await new Promise(setImmediate);
    },
  };
}

describe("lateLimits", () => {
  it("asks once the queue has taken a message, and no more once it has told", async () => {
    const { later, asked, read } = setUp(limits);
    await later(0, 0);
    expect(asked()).toBe(0);
    await later(0);
    for (let time = 0; time < 5; time += 1) await later(60_000);
    expect(asked()).toBe(1);
    expect(read).toEqual([limits]);
  });

  it("asks again after a while where the queue did not tell", async () => {
    const { later, asked, read } = setUp(new Error("throttled"), limits);
    await later(0);
    await later(9_999);
    expect(asked()).toBe(1);
    await later(1);
    expect(read).toEqual([limits]);
  });

  it("asks no more where it may not", async () => {
    const { later, asked } = setUp(
      new QueueError("unavailable", "no", { facts: { sqsCode: "AccessDeniedException" } }),
    );
    for (let time = 0; time < 3; time += 1) await later(60_000);
    expect(asked()).toBe(1);
  });
});
