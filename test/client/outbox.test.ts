import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { Outbox, type Outgoing } from "../../lib/client/outbox.ts";
import { beginning } from "../../lib/client/position.ts";
import type { SplitMessage } from "../../lib/client/split-message.ts";

const limits = { messages: 10, bytes: 1_000 };
const { signal } = new AbortController();

function message(index: number): SplitMessage {
  const position = { ...beginning, index };
  return { position, next: position, text: Buffer.from("{}"), tooLong: false };
}

/** As many as wait to be sent again, of an input that has more. */
function waiting(count: number): Outbox {
  const input = async function* () {
    yield message(count);
  };
  const outbox = new Outbox(input(), () => turn("slept"));
  const due = (index: number): Outgoing => ({ message: message(index), failures: 1, since: 0, due: 1_000 });
  outbox.sendAgain(Array.from({ length: count }, (_, index) => due(index)));
  return outbox;
}

it("reads nothing new while ten thousand wait to be sent again, however long that takes", async () => {
  expect(await waiting(9_999).next(limits, 0, signal)).toHaveLength(1);
  expect(await waiting(10_000).next(limits, 0, signal)).toEqual([]);
});
