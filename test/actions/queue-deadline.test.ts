import { expect, it } from "vitest";
import { actions } from "../../lib/actions/actions.ts";
import { InsertApplication } from "../../lib/application/insert-application.ts";
import { Phases } from "../../lib/application/phases.ts";
import { unlimitedMemory } from "../../lib/application/request-memory.ts";
import type { Queue } from "../../lib/queue/queue.ts";
import { listenerUpload } from "../support/messages.ts";

const clock = { now: () => 0, monotonic: () => 1_000 };

/** Posts the message to an action, and tells until when that waits for the queue. */
async function deadlineOf(path: string, deadline: number): Promise<number | undefined> {
  let until: number | undefined;
  const queue: Queue = {
    async push(_, time) {
      until = time;
      return { outcome: "accepted" };
    },
    async pushMany(pushes, time) {
      until = time;
      return pushes.map(() => ({ outcome: "accepted" }));
    },
    refusal: () => undefined,
    close: async () => {},
  };
  const application = new InsertApplication({ queue, actions, clock, queueTimeout: 500 });
  const { status } = await application.handle({
    id: "1",
    method: "POST",
    path,
    prefix: "",
    headers: new Map(),
    body: Buffer.from(JSON.stringify(listenerUpload)),
    client: "2.7.5.8",
    deadline,
    memory: unlimitedMemory,
    phases: new Phases(clock),
  });
  expect(status).toBe(200);
  return until;
}

it.each(["/message", "/messages"])(
  "%s waits for the queue as long as it may, within its own time",
  async (path) => {
    expect(await deadlineOf(path, 9_000)).toBe(1_500);
    expect(await deadlineOf(path, 1_200)).toBe(1_200);
  },
);
