import { describe, expect, it } from "vitest";
import type { AskedQueue } from "../../../lib/queue/sqs/asked-queue.ts";
import { FreshLimits } from "../../../lib/queue/sqs/fresh-limits.ts";
import type { KnownQueue } from "../../../lib/queue/sqs/queue-limits.ts";

const limits: KnownQueue = { messageBytes: 1_024, fifo: false, mixesCallsigns: false };
const known: AskedQueue = { answered: true, limits };
const unknown: AskedQueue = { answered: false, limits, reason: "no answer", mayOnlySend: false };
const forbidden: AskedQueue = { ...unknown, reason: "AccessDenied", mayOnlySend: true };

/** @param answers of the queue, one after the other, the first of them at the start */
function setUp(asked: AskedQueue, ...answers: AskedQueue[]) {
  let now = 0;
  let count = 0;
  const read: KnownQueue[] = [];
  const fresh = new FreshLimits({
    asked,
    ask: async () => {
      const answer = answers[count];
      count += 1;
      if (answer === undefined) throw new Error("the queue is gone");
      return answer;
    },
    onAnswer: (learnt) => read.push(learnt),
    clock: { monotonic: () => now },
  });
  return {
    read,
    fresh,
    asked: () => count,
    pass(milliseconds: number) {
      now += milliseconds;
    },
    /** So many milliseconds later, messages were sent. */
    async sent(later: number, call: { stored: number; refused: number } = { stored: 1, refused: 0 }) {
      now += later;
      fresh.sent(call);
      await new Promise(setImmediate);
    },
  };
}

describe("FreshLimits", () => {
  it("asks once the queue has taken a message, and no more once it has told", async () => {
    const { sent, asked, read } = setUp(unknown, known);
    await sent(0, { stored: 0, refused: 0 });
    expect(asked()).toBe(0);
    for (let time = 0; time < 5; time += 1) await sent(60_000);
    expect(asked()).toBe(1);
    expect(read).toEqual([limits]);
  });

  it("asks again after a while where the queue did not tell", async () => {
    const { sent, asked, read } = setUp(unknown, unknown, known);
    await sent(0);
    await sent(9_999);
    expect(asked()).toBe(1);
    await sent(1);
    expect(read).toEqual([limits]);
  });

  it("asks when the queue has refused a message", async () => {
    const lowered: KnownQueue = { ...limits, messageBytes: 512 };
    const { sent, read } = setUp(known, { answered: true, limits: lowered });
    await sent(0, { stored: 0, refused: 1 });
    expect(read).toEqual([lowered]);
  });

  it("asks for whoever needs fresh limits, once for all of them, and no more while they are fresh", async () => {
    const raised: KnownQueue = { ...limits, messageBytes: 2_048 };
    const { fresh, asked, read, pass } = setUp(known, { answered: true, limits: raised }, known);
    await Promise.all([fresh.refresh(), fresh.refresh()]);
    expect(read).toEqual([raised]);
    pass(999);
    await fresh.refresh();
    expect(asked()).toBe(1);
    pass(1);
    await fresh.refresh();
    expect(read).toEqual([raised, limits]);
  });

  it("leaves a queue alone for a while that cannot be asked, whatever is needed", async () => {
    const { fresh, asked, read, pass } = setUp(known);
    await fresh.refresh();
    pass(9_999);
    await fresh.refresh();
    expect(asked()).toBe(1);
    expect(read).toEqual([]);
    pass(1);
    await fresh.refresh();
    expect(asked()).toBe(2);
  });

  it.each([
    ["at the start", [forbidden]],
    ["or later", [unknown, forbidden]],
  ])("asks no more where it may not, %s", async (_, answers) => {
    const [first = forbidden, ...others] = answers;
    const { sent, fresh, asked, pass } = setUp(first, ...others);
    for (let time = 0; time < 3; time += 1) await sent(60_000);
    pass(60_000);
    await fresh.refresh();
    expect(asked()).toBe(others.length);
  });
});
