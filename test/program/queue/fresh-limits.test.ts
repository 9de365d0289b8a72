import { describe, expect, it } from "vitest";
import { freshLimits } from "../../../lib/program/queue/fresh-limits.ts";
import type { AskedQueue } from "../../../lib/queue/sqs/asked-queue.ts";
import type { KnownQueue } from "../../../lib/queue/sqs/queue-limits.ts";

const limits: KnownQueue = { messageBytes: 1_024, fifo: false, mixesCallsigns: false };
const known: AskedQueue = { answered: true, limits };
const unknown: AskedQueue = { answered: false, limits, reason: "no answer", mayOnlySend: false };
const forbidden: AskedQueue = { ...unknown, reason: "AccessDenied", mayOnlySend: true };
const sent = (stored: number) =>
  ({ event: "sent", messages: 1, stored, refused: 0, retried: 0, duration: 1 }) as const;
const tooLarge = { event: "too_large" } as const;

/** @param answers of the queue, one after the other, the first of them at the start */
function setUp(first: AskedQueue, ...answers: AskedQueue[]) {
  let now = 0;
  let asked = 0;
  const read: KnownQueue[] = [];
  const observe = freshLimits(
    first,
    async () => {
      const answer = answers[asked];
      asked += 1;
      return answer ?? Promise.reject(new Error("asked too often"));
    },
    (learnt) => read.push(learnt),
    { monotonic: () => now },
  );
  return {
    read,
    asked: () => asked,
    /** Something happens so many milliseconds later. */
    async later(milliseconds: number, event: Parameters<typeof observe>[0] = sent(1)) {
      now += milliseconds;
      observe(event);
      await new Promise(setImmediate);
    },
  };
}

describe("freshLimits", () => {
  it("asks once the queue has taken a message, and no more once it has told", async () => {
    const { later, asked, read } = setUp(unknown, known);
    await later(0, sent(0));
    expect(asked()).toBe(0);
    await later(0);
    for (let time = 0; time < 5; time += 1) await later(60_000);
    expect(asked()).toBe(1);
    expect(read).toEqual([limits]);
  });

  it("asks again after a while where the queue did not tell", async () => {
    const { later, asked, read } = setUp(unknown, unknown, known);
    await later(0);
    await later(9_999);
    expect(asked()).toBe(1);
    await later(1);
    expect(read).toEqual([limits]);
  });

  it("asks a queue that has told again when a message is too large for it, at most every ten seconds", async () => {
    const raised: KnownQueue = { ...limits, messageBytes: 2_048 };
    const { later, asked, read } = setUp(known, { answered: true, limits: raised }, unknown);
    await later(60_000);
    expect(asked()).toBe(0);
    await later(0, tooLarge);
    await later(9_999, tooLarge);
    expect(asked()).toBe(1);
    await later(1, tooLarge);
    expect(asked()).toBe(2);
    expect(read).toEqual([raised]);
  });

  it("asks again when the queue has refused a message", async () => {
    const lowered: KnownQueue = { ...limits, messageBytes: 512 };
    const { later, read } = setUp(known, { answered: true, limits: lowered });
    await later(0, { ...sent(0), refused: 1 });
    expect(read).toEqual([lowered]);
  });

  it.each([
    ["at the start", [forbidden]],
    ["or later", [unknown, forbidden]],
  ])("asks no more where it may not, %s", async (_, answers) => {
    const [first = forbidden, ...others] = answers;
    const { later, asked } = setUp(first, ...others);
    for (let time = 0; time < 3; time += 1) await later(60_000);
    await later(60_000, tooLarge);
    expect(asked()).toBe(others.length);
  });
});
