import { SQSClient } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { startFauxqs } from "fauxqs";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/message/clock.ts";
import { parseMessage } from "../../../lib/message/parse-message.ts";
import { serialiseMessage } from "../../../lib/message/serialise-message.ts";
import type { PushResult } from "../../../lib/queue/queue.ts";
import { QueueError } from "../../../lib/queue/queue-error.ts";
import { directSqs } from "../../../lib/queue/sqs/direct-sqs.ts";
import type { QueueLimits } from "../../../lib/queue/sqs/queue-limits.ts";
import { readLimits } from "../../../lib/queue/sqs/queue-limits.ts";
import { sdkSqs } from "../../../lib/queue/sqs/sdk-sqs.ts";
import { SqsQueue } from "../../../lib/queue/sqs/sqs-queue.ts";
import { entryFaults, type FaultySqs, startFaultySqs } from "../../support/faulty-sqs.ts";
import { numberedMessage } from "../../support/messages.ts";
import { receiveAll } from "../../support/receive-all.ts";
import { ManualTime, settled } from "../spool/manual-time.ts";

/** The ways to SQS, which must do for the queue alike. */
const ways = { "the SDK's client": sdkSqs, "direct calls": directSqs } as const;

const access = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** What it stored of one callsign, by number. */
const storedOf = ({ stored }: FaultySqs, callsign: string) =>
  stored
    .map((body) => parseMessage(body))
    .filter(({ source }) => source.callsign === callsign)
    .map(({ time_created }) => time_created);

const codeOf = (push: Promise<unknown>) => push.then(String, ({ code }: QueueError) => code);

describe.each(Object.entries(ways))("by %s", (_, connect) => {
  function queueAt(
    queueUrl: string,
    options: {
      limits?: QueueLimits;
      freshen?: () => Promise<void>;
      requestTimeout?: number;
      concurrency?: number;
      random?: () => number;
      time?: ManualTime;
      schedule?: (task: () => void, milliseconds: number) => () => void;
    } = {},
  ) {
    // Retries at once, unless told otherwise: the tests wait for outcomes, never for time.
    const { requestTimeout = 2_000, concurrency = 8, random = () => 0, time, ...others } = options;
    const clock = time ?? systemClock;
    const sent: number[] = [];
    const queue = new SqsQueue({
      client: connect({ queueUrl, requestTimeout, maxSockets: 8, ...access }),
      queueUrl,
      clock,
      concurrency,
      random,
      observer: {
        onBatch: ({ entries }) => sent.push(entries),
        // Manual time passes by itself while there is nothing under way: to the retry, or the deadline.
        onRetry: () => queueMicrotask(() => void time?.pass(time.untilNext)),
      },
      ...(time && { schedule: (task, milliseconds) => time.after(milliseconds, task) }),
      ...others,
    });
    stops.push(() => queue.close());
    return {
      queue,
      sent,
      push: (number: number, callsign?: string, name?: string, wait = 2_000) =>
        queue.push(numberedMessage(number, callsign, name), clock.monotonic() + wait),
    };
  }

  async function limitsOf(queueUrl: string) {
    const asking = directSqs({ queueUrl, requestTimeout: 2_000, maxSockets: 1, ...access });
    stops.push(async () => asking.destroy());
    return readLimits(asking, queueUrl);
  }

  async function fauxqs(name = "postern", attributes: Record<string, string> = {}) {
    const server = await startFauxqs({ port: 0, logger: false, host: "" });
    stops.push(() => server.stop());
    server.createQueue(name, { attributes });
    const endpoint = `http://127.0.0.1:${server.port}`;
    const client = new SQSClient({ endpoint, ...access });
    stops.push(async () => client.destroy());
    return { client, queueUrl: `${endpoint}/000000000000/${name}` };
  }

  async function faulty(...faults: Parameters<typeof startFaultySqs>): Promise<FaultySqs> {
    const server = await startFaultySqs(...faults);
    stops.push(() => server.stop());
    return server;
  }

  describe("SqsQueue on a real queue", () => {
    it("puts the message there with its attributes", async () => {
      const { client, queueUrl } = await fauxqs();
      const { push } = queueAt(queueUrl);
      await push(7, "A/B", "\ufffe \ud800 \0 é \u{1F388}");
      const [received, ...more] = await receiveAll(client, queueUrl);
      expect(more).toEqual([]);
      expect(parseMessage(received?.Body ?? "")).toEqual(
        numberedMessage(7, "A/B", "\ufffe \ud800 \0 é \u{1F388}"),
      );
      const attributes = Object.entries(received?.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        value.StringValue,
      ]);
      expect(Object.fromEntries(attributes)).toEqual({ type: "LISTENER_INFO", callsign: "A/B", id: "id-7" });
    });

    it("deduplicates and groups on a FIFO queue", async () => {
      const { client, queueUrl } = await fauxqs("postern.fifo", { FifoQueue: "true" });
      const { push } = queueAt(queueUrl, { limits: await limitsOf(queueUrl) });
      await Promise.all([push(1), push(2), push(1)]);
      await push(2);
      const received = await receiveAll(client, queueUrl);
      expect(received.map(({ Attributes }) => Attributes?.MessageDeduplicationId)).toEqual(["id-1", "id-2"]);
      expect(received.map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(["M0ZDR", "M0ZDR"]);
    });

    it("puts no other message under a client's key, which the queue would drop without a word", async () => {
      const { client, queueUrl } = await fauxqs("postern.fifo", { FifoQueue: "true" });
      const { queue } = queueAt(queueUrl, { limits: await limitsOf(queueUrl) });
      const under = (number: number) => ({ ...numberedMessage(number), id: "key" });
      const deadline = systemClock.monotonic() + 2_000;
      const pushes = [1, 2, 1].map((number) => ({ message: under(number), contentId: `content ${number}` }));
      const [first, other, again] = await queue.pushMany(pushes, deadline);
      expect([first, again]).toEqual([{ outcome: "accepted" }, { outcome: "accepted" }]);
      expect(other).toMatchObject({ outcome: "failed", error: { code: "conflict" } });
      await expect(queue.push(under(3), deadline, "content 3")).rejects.toMatchObject({ code: "conflict" });
      expect(await receiveAll(client, queueUrl)).toHaveLength(1);
    });

    it("lets another message have the key of one that was not stored", async () => {
      const { client, queueUrl } = await fauxqs();
      const { queue } = queueAt(queueUrl, { limits: { messageBytes: 500, fifo: false } });
      const deadline = systemClock.monotonic() + 2_000;
      const large = { ...numberedMessage(1, "M0ZDR", "x".repeat(500)), id: "key" };
      await expect(queue.push(large, deadline, "large")).rejects.toMatchObject({ code: "too_large" });
      await queue.push({ ...numberedMessage(1), id: "key" }, deadline, "small");
      expect(await receiveAll(client, queueUrl)).toHaveLength(1);
    });

    it("keeps to the queue's own MaximumMessageSize, and sinks no neighbour", async () => {
      const { client, queueUrl } = await fauxqs("postern", { MaximumMessageSize: "2048" });
      const limits = await limitsOf(queueUrl);
      expect(limits).toMatchObject({ messageBytes: 2048, fifo: false });
      const { push } = queueAt(queueUrl, { limits });
      const body = serialiseMessage(numberedMessage(1, "M0ZDR"));
      const attributes =
        "typeStringLISTENER_INFO".length + "callsignStringM0ZDR".length + "idStringid-1".length;
      const room = 2048 - body.length - attributes;
      const outcomes = await Promise.allSettled([
        push(1, "M0ZDR", "x".repeat(room)),
        push(2, "M0ZDR", "x".repeat(room + 1)),
        push(3),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(outcomes[1]).toMatchObject({ reason: { code: "too_large", retryable: false } });
      expect(await receiveAll(client, queueUrl)).toHaveLength(2);
    });

    it("turns nothing away before it has heard what the queue takes by now", async () => {
      const { queueUrl } = await fauxqs();
      const limits = { messageBytes: 500, fifo: false };
      const { queue, push } = queueAt(queueUrl, {
        limits,
        freshen: async () => {
          queue.messageBytes = 1_000;
        },
      });
      await push(1, "M0ZDR", "x".repeat(500));
      await expect(push(2, "M0ZDR", "x".repeat(1_000))).rejects.toThrow("at most 1000");
    });

    it("looks into a call that was refused whole, entry by entry", async () => {
      const { client, queueUrl } = await fauxqs("postern", { MaximumMessageSize: "2048" });
      // It does not know how little the queue takes.
      const { push } = queueAt(queueUrl);
      const outcomes = await Promise.allSettled([push(1), push(2, "M0ZDR", "x".repeat(4_000)), push(3)]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(outcomes[1]).toMatchObject({ reason: { code: "too_large" } });
      expect(await receiveAll(client, queueUrl)).toHaveLength(2);
    });
  });

  describe("SqsQueue", () => {
    it("shares calls among pushes that come together", async () => {
      const { queueUrl } = await faulty();
      const { push, sent } = queueAt(queueUrl);
      await Promise.all(Array.from({ length: 25 }, (_, number) => push(number)));
      expect(sent.sort((a, b) => a - b)).toEqual([5, 10, 10]);
    });

    it("keeps the order of a request on a FIFO queue where one waits for its limits", async () => {
      const sqs = await faulty({ queueName: "postern.fifo" });
      const { queue } = queueAt(sqs.queueUrl, {
        limits: { messageBytes: 500, fifo: true },
        freshen: async () => {
          await new Promise(setImmediate);
          queue.messageBytes = 2_000;
        },
      });
      const pushes = (...numbers: number[]) =>
        numbers.map((number) => {
          const message = numberedMessage(number, "A", number === 1 ? "x".repeat(500) : "");
          return { message, contentId: message.id };
        });
      const deadline = performance.now() + 5_000;
      const request = new Set<string>();
      await Promise.all([
        queue.pushMany(pushes(1, 2), deadline, request),
        queue.pushMany(pushes(3), deadline, request),
      ]);
      expect(storedOf(sqs, "A")).toEqual([1, 2, 3]);
    });

    it("sends nothing whose time was over when the queue told its limits, nor what is behind it", async () => {
      const sqs = await faulty({ queueName: "postern.fifo" });
      const time = new ManualTime();
      const { queue } = queueAt(sqs.queueUrl, {
        time,
        limits: { messageBytes: 500, fifo: true },
        freshen: async () => {
          await time.pass(300);
          queue.messageBytes = 2_000;
        },
      });
      const push = (number: number, name = "") => {
        const message = numberedMessage(number, "A", name);
        return [{ message, contentId: message.id }];
      };
      const request = new Set<string>();
      const results = await Promise.all([
        queue.pushMany(push(1, "x".repeat(500)), time.monotonic() + 250, request),
        queue.pushMany(push(2), time.monotonic() + 1_000, request),
      ]);
      expect(results.flat()).toMatchObject([
        { outcome: "failed", error: { code: "unavailable", retryable: true } },
        { outcome: "failed", error: { code: "unavailable", retryable: true } },
      ]);
      expect(sqs.calls).toEqual([]);
    });

    it.each([
      ["error", "timeout"],
      ["reset", "timeout"],
      ["hang", "timeout"],
      ["cut_stored", "timeout"],
      ["stall_stored", "timeout"],
    ] as const)("tries %s again until the deadline, then says %s", async (fault, code) => {
      const { queueUrl, calls } = await faulty({ call: [fault] });
      // The tries come at 0, 50, 150 and 350 ms.
      const { push } = queueAt(queueUrl, { requestTimeout: 100, random: () => 1, time: new ManualTime() });
      await expect(push(1, "M0ZDR", "", 250)).rejects.toMatchObject({ code, retryable: true });
      expect(calls.length).toBeGreaterThan(1);
    });

    it("says that nothing was stored when the deadline comes between two refused tries", async () => {
      const { queueUrl, calls } = await faulty({ call: ["throttled"] });
      // The tries come at 0, 50, 150 and 350 ms.
      const { push } = queueAt(queueUrl, { random: () => 1, time: new ManualTime() });
      await expect(push(1, "M0ZDR", "", 250)).rejects.toMatchObject({ code: "unavailable", retryable: true });
      expect(calls).toEqual([1, 1, 1]);
    });

    it("does not try again what only an operator can mend", async () => {
      const { queueUrl, calls } = await faulty({ call: ["denied"] });
      await expect(queueAt(queueUrl).push(1)).rejects.toMatchObject({
        code: "unavailable",
        retryable: false,
        sqsCode: "AccessDeniedException",
      });
      expect(calls).toHaveLength(1);
    });

    it("says that nothing was stored when there is nobody to connect to", async () => {
      const server = await startFaultySqs();
      await server.stop();
      const { push } = queueAt(server.queueUrl, { random: () => 1, time: new ManualTime() });
      await expect(push(1, "M0ZDR", "", 250)).rejects.toMatchObject({ code: "unavailable" });
    });

    it("cannot say what became of a call that the deadline cut", async () => {
      const { queueUrl, stored } = await faulty({ call: ["hang_stored"] });
      const time = new ManualTime();
      const outcome = codeOf(queueAt(queueUrl, { requestTimeout: 60_000, time }).push(1, "M0ZDR", "", 300));
      await expect.poll(() => stored.length).toBe(1);
      await time.pass(300);
      expect(await outcome).toBe("timeout");
    });

    it("frees the place of a call that the deadline cut", async () => {
      const { queueUrl, calls } = await faulty({ call: ["hang"] });
      const time = new ManualTime();
      // Were the calls not given up, this timeout would be that of the test.
      const { push } = queueAt(queueUrl, { requestTimeout: 60_000, concurrency: 1, time });
      for (const number of [1, 2]) {
        const outcome = codeOf(push(number, "M0ZDR", "", 300));
        await expect.poll(() => calls.length).toBe(number);
        await time.pass(300);
        expect(await outcome).toBe("timeout");
      }
    });

    it("begins no other call when the timer of a call goes off before that of the push", async () => {
      const { queueUrl, calls } = await faulty({ call: ["hang"] });
      const time = new ManualTime();
      let timers = 0;
      const schedule = (task: () => void, milliseconds: number) => {
        timers += 1;
        return time.after(timers === 1 ? milliseconds + 100 : milliseconds, task);
      };
      const { push } = queueAt(queueUrl, { requestTimeout: 60_000, random: () => 1, time, schedule });
      const outcome = codeOf(push(1, "M0ZDR", "", 300));
      await expect.poll(() => calls.length).toBe(1);
      await time.pass(300);
      expect(await Promise.race([outcome, settled()])).toBe("timeout");
      expect(calls).toEqual([1]);
    });

    it("keeps what SQS refuses from its neighbours", async () => {
      const { queueUrl } = await faulty({ entry: ["none", "sender", "none"], seed: 3 });
      const { push } = queueAt(queueUrl);
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, number) => push(number)));
      for (const outcome of outcomes) {
        if (outcome.status === "rejected")
          expect(outcome.reason).toMatchObject({ code: "refused", retryable: false });
      }
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["fulfilled", "rejected"]));
    });

    it("takes no push once it closes, and brings those under way to their outcome", async () => {
      const { queueUrl, stored } = await faulty();
      const { queue, push } = queueAt(queueUrl);
      const early = push(1);
      const closed = Promise.all([queue.close(), queue.close()]);
      await expect(push(2)).rejects.toMatchObject({ code: "unavailable" });
      await Promise.all([early, closed]);
      expect(stored).toHaveLength(1);
    });
  });

  describe("whatever goes wrong, by seed", () => {
    const call = [
      "none",
      "none",
      "none",
      "throttled",
      "error",
      "error_stored",
      "reset",
      "reset_stored",
      "hang",
      "hang_stored",
      "cut_stored",
      "stall_stored",
    ] as const;

    it("each push's outcome agrees with what was stored", async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 30 }), async (seed, count) => {
          const server = await startFaultySqs({ call, entry: entryFaults, seed });
          const { queue, push } = queueAt(server.queueUrl, { requestTimeout: 20 });
          const numbers = Array.from({ length: count }, (_, number) => number);
          const outcomes = await Promise.allSettled(numbers.map((number) => push(number, "M0ZDR", "", 150)));
          await queue.close();
          await server.stop();
          const stored = new Set(server.stored.map((body) => parseMessage(body).id));
          for (const [number, outcome] of outcomes.entries()) {
            const isStored = stored.has(`id-${number}`);
            if (outcome.status === "fulfilled") expect(isStored).toBe(true);
            else {
              expect(outcome.reason).toBeInstanceOf(QueueError);
              if ((outcome.reason as QueueError).code !== "timeout") expect(isStored).toBe(false);
            }
          }
        }),
        { numRuns: 25 },
      );
    });

    it("a FIFO group is stored in the order of its pushes, whether calls or entries fail", async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const server = await startFaultySqs({
            call: ["none", "none", "throttled", "throttled", "reset"],
            entry: ["none", "none", "none", "internal", "missing"],
            seed,
            queueName: "postern.fifo",
          });
          const { queue, push } = queueAt(server.queueUrl);
          const callsign = (number: number) => `CALL-${number % 3}`;
          await Promise.all(
            Array.from({ length: 40 }, (_, number) => push(number, callsign(number), "", 60_000)),
          );
          await queue.close();
          await server.stop();
          for (const group of ["CALL-0", "CALL-1", "CALL-2"]) {
            const order = storedOf(server, group);
            expect(order).toEqual(order.toSorted((a, b) => a - b));
            expect(order.length).toBeGreaterThan(12);
          }
        }),
        { numRuns: 10 },
      );
    });

    it("of a request nothing of a FIFO group is stored behind what is to be sent again", async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const server = await startFaultySqs({
            call: ["none", "none", "none", "throttled", "hang", "denied"],
            entry: ["none", "none", "none", "none", "sender", "internal", "missing_stored"],
            seed,
            queueName: "postern.fifo",
          });
          const { queue } = queueAt(server.queueUrl, { requestTimeout: 20 });
          const callsign = (number: number) => `CALL-${number % 3}`;
          const order = new Set<string>();
          // A request's messages come some at a time, each time with a little more time.
          const pushing = [0, 10, 20, 30].map(async (first) => {
            const numbers = Array.from({ length: 10 }, (_, index) => first + index);
            const pushes = numbers.map((number) => ({
              message: numberedMessage(number, callsign(number)),
              contentId: `id-${number}`,
            }));
            return queue.pushMany(pushes, systemClock.monotonic() + 100 + first, order);
          });
          const results = (await Promise.all(pushing)).flat();
          await queue.close();
          await server.stop();
          for (const group of [0, 1, 2]) {
            const outcomes = results.filter((_, number) => number % 3 === group);
            const isToBeSentAgain = (result: PushResult) =>
              result.outcome === "failed" && ["unavailable", "timeout"].includes(result.error.code);
            const first = outcomes.findIndex(isToBeSentAgain);
            if (first === -1) continue;
            const behind = outcomes.slice(first + 1);
            expect(behind.filter((result) => !isToBeSentAgain(result))).toEqual([]);
            expect(Math.max(...storedOf(server, `CALL-${group}`))).toBeLessThanOrEqual(group + 3 * first);
          }
        }),
        { numRuns: 25 },
      );
    });

    it("on a standard queue none is kept back for another", async () => {
      const { queueUrl } = await faulty({ call: ["denied", "none"] });
      const { queue } = queueAt(queueUrl, { concurrency: 1 });
      const pushes = Array.from({ length: 100 }, (_, number) => ({
        message: numberedMessage(number),
        contentId: `id-${number}`,
      }));
      const results = await queue.pushMany(pushes, systemClock.monotonic() + 2_000, new Set());
      const outcomes = results.map(({ outcome }) => outcome);
      expect(outcomes.lastIndexOf("accepted")).toBeGreaterThan(outcomes.indexOf("failed"));
      expect(outcomes).toContain("failed");
    });
  });
});
