import fc from "fast-check";
import { expect, it } from "vitest";
import { type Judged, pushing, rehearsing } from "../../lib/application/insert-many.ts";
import { Problem } from "../../lib/application/problem.ts";
import { acceptMessage } from "../../lib/message/accept-message.ts";
import type { PushResult, Queue } from "../../lib/queue/queue.ts";
import { QueueError, type QueueErrorCode } from "../../lib/queue/queue-error.ts";

/** A message, or what is none, and what the queue says of it. */
const fates = ["none", "accepted", "duplicate", "conflict", "timeout", "unavailable"] as const;
type Fate = (typeof fates)[number];

const told: Readonly<Record<Fate, object>> = {
  none: { outcome: "rejected", problem: { status: 400 } },
  accepted: { outcome: "accepted" },
  duplicate: { outcome: "duplicate", time_created: 1, time_uploaded: 2 },
  conflict: { outcome: "rejected", problem: { status: 422 } },
  timeout: { outcome: "unknown", problem: { status: 504 } },
  unavailable: { outcome: "rejected", problem: { status: 503 } },
};

function judged(fate: Fate, number: number): Judged {
  if (fate === "none") return { problem: new Problem("invalid_message", "It is none.") };
  const upload = {
    callsign: "A",
    type: "RECEIVED_TELEM",
    time_created: number,
    time_uploaded: 0,
    data: { string: "AAAA" },
  };
  const message = acceptMessage(upload, { ip: undefined, now: 0 });
  return { message, contentId: message.id };
}

function result(fate: Fate): PushResult {
  if (fate === "accepted") return { outcome: fate };
  if (fate === "duplicate") return { outcome: fate, time_created: 1, time_uploaded: 2 };
  return { outcome: "failed", error: new QueueError(fate as QueueErrorCode, "why") };
}

function queueThatSays(results: readonly PushResult[]): Queue {
  return {
    push: () => Promise.reject(new Error("one by one")),
    pushMany: async (pushes) => {
      expect(pushes).toHaveLength(results.length);
      return results;
    },
    refusal: ({ time_created }) =>
      time_created === 7 ? new QueueError("too_large", "It is too large.") : undefined,
    close: async () => {},
  };
}

const clock = { now: () => 0, monotonic: () => 0 };

it("each message has the outcome that the queue told of it, in its place", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...fates)), async (list) => {
      const queue = queueThatSays(list.filter((fate) => fate !== "none").map(result));
      const items = list.map(judged);
      const outcomes = await pushing({ deadline: 1_000 }, { queue, clock, queueTimeout: 500 })(items);
      expect(outcomes).toHaveLength(list.length);
      for (const [index, fate] of list.entries()) {
        expect(outcomes[index]).toMatchObject(told[fate]);
        const item = items[index];
        const id = item !== undefined && "message" in item ? item.message.id : undefined;
        expect(outcomes[index]).toSatisfy((outcome) => outcome.outcome === "rejected" || outcome.id === id);
      }
    }),
  );
});

it("what stopped the messages of one callsign is known to all pushes of a request, and to no other's", async () => {
  const sets: unknown[] = [];
  const queue: Queue = {
    ...queueThatSays([]),
    pushMany: async (pushes, _deadline, stopped) => {
      sets.push(stopped);
      return pushes.map(() => ({ outcome: "accepted" }));
    },
  };
  const request = () => pushing({ deadline: 1_000 }, { queue, clock, queueTimeout: 500 });
  const insert = request();
  await insert([judged("accepted", 1)]);
  await insert([judged("accepted", 2)]);
  await request()([judged("accepted", 3)]);
  expect(sets[0]).toBeInstanceOf(Set);
  expect(sets[1]).toBe(sets[0]);
  expect(sets[2]).not.toBe(sets[0]);
});

it("a rehearsal shows what would be queued and what would be refused, and pushes nothing", async () => {
  const items = [judged("accepted", 1), judged("none", 2), judged("accepted", 7)];
  const outcomes = await rehearsing({ queue: queueThatSays([]) })(items);
  expect(outcomes).toMatchObject([
    { outcome: "accepted", message: { time_created: 1 } },
    { outcome: "rejected", problem: { status: 400 } },
    { outcome: "rejected", problem: { status: 413 } },
  ]);
});
