import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryStore, messageConsumer } from "../../lib/consumer/index.ts";
import { lambdaContext } from "../support/lambda-context.ts";
import { sqsRecord } from "./records.ts";

interface Drawn {
  readonly number: number;
  readonly group: string;
  readonly kind: string;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  number: fc.nat(7),
  group: fc.constantFrom("A", "B", "C"),
  kind: fc.constantFrom("good", "good", "good", "unreadable"),
});

const batch = fc.record({
  fifo: fc.boolean(),
  messages: fc.array(drawn, { maxLength: 12 }),
  concurrency: fc.integer({ min: 1, max: 4 }),
});

function records(messages: readonly Drawn[], fifo: boolean) {
  return messages.map(({ number, group, kind }) =>
    // The number alone makes the id, as if all took their keys from it, so that the same comes in other groups too.
    sqsRecord(number, { fifo, group, ...(kind === "unreadable" ? { body: "{" } : {}) }),
  );
}

const laneOf = (fifo: boolean, group: string, index: number) => (fifo ? group : index);

/** What must fail, one message after the other: those that are none or cannot be handled, and on FIFO all behind the latter. */
function expectedFailures(messages: readonly Drawn[], fifo: boolean, fails: ReadonlySet<number>) {
  const stopped = new Set<string | number>();
  return messages.map(({ number, group, kind }, index) => {
    const lane = laneOf(fifo, group, index);
    if (kind !== "unreadable" && fails.has(number)) stopped.add(lane);
    return stopped.has(lane) || kind === "unreadable";
  });
}

it("fails just what the oracle fails, handles each id once at most, and none of a group beside another", async () => {
  await fc.assert(
    fc.asyncProperty(
      batch,
      fc.uniqueArray(fc.nat(7)),
      async ({ fifo, messages, concurrency }, failingIds) => {
        const fails = new Set(failingIds);
        const handled: string[] = [];
        const busy = new Set<string | undefined>();
        let atOnce = 0;
        const consumer = messageConsumer(
          async ({ time_created, source }, { attributes }) => {
            const message = `${source.callsign} ${time_created}`;
            const group = fifo ? attributes.MessageGroupId : message;
            expect(busy.has(group)).toBe(false);
            busy.add(group);
            atOnce = Math.max(atOnce, busy.size);
            await turn();
            busy.delete(group);
            handled.push(message);
            if (fails.has(time_created)) throw new Error("no");
          },
          { store: memoryStore(), concurrency, onError: () => {} },
        );
        const Records = records(messages, fifo);

        const { batchItemFailures } = await consumer({ Records }, lambdaContext());

        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const expected = expectedFailures(messages, fifo, fails);
        expect(Records.map(({ messageId }) => failed.has(messageId))).toEqual(expected);
        expect(new Set(handled).size).toBe(handled.length);
        expect(atOnce).toBeLessThanOrEqual(concurrency);
      },
    ),
    { numRuns: 200 },
  );
});

it("delivered until nothing fails, has handled every id once, and each group of a FIFO queue in its order", async () => {
  await fc.assert(
    fc.asyncProperty(
      batch,
      fc.infiniteStream(fc.boolean()),
      async ({ fifo, messages, concurrency }, luck) => {
        const done: { readonly number: number; readonly group: string | undefined }[] = [];
        let tries = 0;
        const consumer = messageConsumer(
          async (message, { attributes }) => {
            await turn();
            tries += 1;
            if (tries < 50 && luck.next().value) throw new Error("not yet");
            done.push({ number: message.time_created, group: attributes.MessageGroupId });
          },
          { store: memoryStore(), concurrency, onError: () => {} },
        );
        // Each id in one group alone, as the gateway has it: the callsign is part of both.
        const good = messages.map(({ number }) => ({ number, group: "ABC"[number % 3] ?? "", kind: "good" }));
        let waiting = records(good, fifo);
        while (waiting.length > 0) {
          const { batchItemFailures } = await consumer({ Records: waiting }, lambdaContext());
          const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
          waiting = waiting.filter(({ messageId }) => failed.has(messageId));
        }

        const first = [...new Set(good.map(({ number }) => number))];
        expect(done.map(({ number }) => number).toSorted()).toEqual(first.toSorted());
        if (!fifo) return;
        for (const group of ["A", "B", "C"]) {
          const inOrder = first.filter((number) => "ABC"[number % 3] === group);
          expect(done.filter((one) => one.group === group).map(({ number }) => number)).toEqual(inOrder);
        }
      },
    ),
    { numRuns: 100 },
  );
});
