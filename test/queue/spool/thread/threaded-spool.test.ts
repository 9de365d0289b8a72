import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openSpool } from "../../../../lib/queue/spool/open-spool.ts";
import type { SpoolEvent } from "../../../../lib/queue/spool/spool-event.ts";
import { type SpoolableMessage, spoolable } from "../../../../lib/queue/spool/spooled-message.ts";
import type { SpoolWorkerData } from "../../../../lib/queue/spool/thread/spool-worker.ts";
import { openThreadedSpool } from "../../../../lib/queue/spool/thread/threaded-spool.ts";
import { systemTimers, type Timers } from "../../../../lib/queue/spool/timers.ts";
import type { SqsAccess } from "../../../../lib/queue/sqs/sqs-api.ts";
import { type FaultySqs, startFaultySqs } from "../../../support/faulty-sqs.ts";
import { numberedMessage } from "../../../support/messages.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";
import { ManualTime, settled } from "../manual-time.ts";

function accessTo(queueUrl: string): SqsAccess {
  return {
    queueUrl,
    requestTimeout: 2_000,
    maxSockets: 4,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
}

function optionsOf(directory: string, queueUrl: string) {
  return {
    directory,
    limit: 1_000_000,
    remember: { time: 60_000, limit: 1_000 },
    queue: accessTo(queueUrl),
    observe: () => {},
  };
}

function open(directory: string, queueUrl: string, observe: (event: SpoolEvent) => void = () => {}) {
  return openSpool({ ...optionsOf(directory, queueUrl), observe });
}

describe("a spool in its own thread", () => {
  let sqs: FaultySqs;
  beforeAll(async () => {
    sqs = await startFaultySqs();
  });
  afterAll(() => sqs.stop());

  it("stores, forwards, tells what happens, and closes", async () => {
    using directory = temporaryDirectory();
    const events: SpoolEvent[] = [];
    const { promise: sent, resolve } = Promise.withResolvers<void>();
    const { spool } = await open(directory.path, sqs.queueUrl, (event) => {
      events.push(event);
      if (event.event === "sent") resolve();
    });
    const deadline = performance.now() + 5_000;
    await Promise.all([1, 2, 3].map((number) => spool.push(numberedMessage(number), deadline)));
    expect(spool.state()).toMatchObject({ accepting: true, depth: 3 });
    await sent;
    await Promise.all([spool.close(), spool.close()]);
    expect(sqs.stored.map((body) => JSON.parse(body))).toEqual([1, 2, 3].map((n) => numberedMessage(n)));
    expect(spool.state()).toMatchObject({ accepting: false, depth: 0 });
    expect(events).toEqual([
      { event: "stored", messages: 3, duration: expect.any(Number) },
      { event: "sent", messages: 3, stored: 3, refused: 0, retried: 0, duration: expect.any(Number) },
    ]);
  });

  it("is refused while another has the directory, in one clear line", async () => {
    using directory = temporaryDirectory();
    const { spool } = await open(directory.path, sqs.queueUrl);
    await expect(open(directory.path, sqs.queueUrl)).rejects.toThrow(
      new Error(`cannot open the spool in ${directory.path}: another program has it open`),
    );
    await spool.close();
    await (await open(directory.path, sqs.queueUrl)).spool.close();
  });

  it("goes by what the queue says of itself, and turns nothing away for what it has said before", async () => {
    using directory = temporaryDirectory();
    const attributes = { MaximumMessageSize: "1024", FifoQueue: "true" };
    const queue = await startFaultySqs({ attributes });
    const { spool, asked } = await open(directory.path, queue.queueUrl);
    const limits = { messageBytes: 1_024, fifo: true, mixesCallsigns: true };
    expect(asked).toEqual({ answered: true, limits });
    attributes.MaximumMessageSize = "2048";
    const push = (number: number, bytes: number) => {
      const message = numberedMessage(number, "M0ZDR", "x".repeat(bytes));
      return spool.push(message, performance.now() + 5_000);
    };
    expect(await push(1, 1_500)).toEqual({ outcome: "accepted" });
    await expect(push(2, 2_500)).rejects.toThrow("at most 2048");
    await spool.close();
    await queue.stop();
  });

  it.each([
    ["postern.fifo", ["accepted", "failed", "failed"]],
    ["postern", ["accepted", "failed", "accepted"]],
  ])("keeps the order of a request in front of a queue that does: %s", async (queueName, outcomes) => {
    using directory = temporaryDirectory();
    // Nobody takes the first away.
    const queue = await startFaultySqs({ queueName, call: ["throttled"] });
    const { spool } = await openSpool({ ...optionsOf(directory.path, queue.queueUrl), limit: 2_500 });
    const pushes = [1_500, 1_500, 1].map((bytes, index) => {
      const message = numberedMessage(index, "M0ZDR", "x".repeat(bytes));
      return { message, contentId: message.id };
    });
    const results = await spool.pushMany(pushes, performance.now() + 5_000);
    expect(results.map(({ outcome }) => outcome)).toEqual(outcomes);
    await spool.close();
    await queue.stop();
  });

  it("does not open with settings that cannot be, in one clear line", async () => {
    using directory = temporaryDirectory();
    const opening = openSpool({
      directory: directory.path,
      limit: 1,
      remember: { time: 1, limit: 1 },
      queue: { ...accessTo("http://127.0.0.1:1/0/q"), endpoint: "nonsense" },
      observe: () => {},
    });
    await expect(opening).rejects.toThrow(/^Invalid URL$/);
  });

  /** Its link alone, which is asked without waiting. */
  function connect(directory: string, observe: (event: SpoolEvent) => void = () => {}) {
    const workerData: SpoolWorkerData = {
      spool: {
        directory,
        ballastBytes: 0,
        remember: { time: 60_000, limit: 10_000 },
        forwarding: {
          firstPace: { calls: 4, bytes: 1_048_576 },
          concurrency: 4,
          fillDelay: 20,
          backoff: { base: 100, cap: 1_000 },
          window: { messages: 1_000, bytes: 8_388_608 },
        },
      },
      queue: { access: accessTo(sqs.queueUrl), callTimeout: 2_000, slowestLine: 8_192 },
    };
    return openThreadedSpool({
      entry: new URL("../../../../lib/queue/spool/thread/spool-worker.ts", import.meta.url),
      workerData,
      timers: systemTimers,
      observe,
      report: () => {},
    });
  }

  function batch(first: number, count: number): readonly SpoolableMessage[] {
    const numbers = Array.from({ length: count }, (_, index) => first + index);
    return numbers.map((number) => spoolable({ message: numberedMessage(number), contentId: `${number}` }));
  }

  it("asks the queue whenever it is told to", async () => {
    using directory = temporaryDirectory();
    const link = await connect(directory.path);
    const answers = await Promise.all([link.ask(), link.ask()]);
    expect(answers).toMatchObject([{ answered: true }, { answered: true }]);
    await link.close(5_000);
    await expect(link.ask()).rejects.toThrow("the spool is closed");
  });

  it("gives each its own outcome, in the order of the asking", async () => {
    using directory = temporaryDirectory();
    const link = await connect(directory.path);
    const outcomes = await Promise.all([
      link.append(batch(1, 1)),
      link.append(batch(2, 1)),
      link.append(batch(1, 3)),
    ]);
    expect(outcomes).toMatchObject([
      { outcome: "stored", repeats: [] },
      { outcome: "stored", repeats: [] },
      {
        outcome: "stored",
        repeats: [
          { repeat: "duplicate", index: 0 },
          { repeat: "duplicate", index: 1 },
        ],
      },
    ]);
    await link.close(5_000);
  });

  it("forwards while it is asked for commit after commit", async () => {
    using directory = temporaryDirectory();
    let sent = 0;
    const link = await connect(directory.path, (event) => {
      if (event.event === "sent") sent += event.stored;
    });
    let answered = 0;
    let sentMeanwhile = 0;
    const all = Array.from({ length: 400 }, async (_, index) => {
      await link.append(batch(10 * index + 1, 10));
      answered += 1;
      if (answered === 400) sentMeanwhile = sent;
    });
    await Promise.all(all);
    expect(sentMeanwhile).toBeGreaterThan(100);
    await link.close(5_000);
  });

  it("admits, when its thread dies, that the outcome is unknown; then it stores nothing more and says so", async () => {
    const events: SpoolEvent[] = [];
    const reports: unknown[] = [];
    const link = await openThreadedSpool({
      entry: new URL("./throwing-worker.ts", import.meta.url),
      workerData: null,
      timers: systemTimers,
      observe: (event) => events.push(event),
      report: (report) => reports.push(report),
    });
    const reason = "the spool's thread has failed: Error: defect";
    const unknown = { outcome: "unknown", reason };
    const asking = expect(link.ask()).rejects.toThrow(reason);
    expect(await Promise.all([link.append([]), link.append([])])).toEqual([unknown, unknown]);
    await asking;
    expect(await link.append([])).toEqual({ outcome: "failed", reason });
    expect(events).toEqual([{ event: "failed", reason }]);
    expect(reports).toEqual([{ depth: 7 }, { depth: 7, storingError: reason }]);
    await link.close(0);
  });

  const openHanging = (timers: Timers) =>
    openThreadedSpool({
      entry: new URL("./hanging-worker.ts", import.meta.url),
      workerData: null,
      timers,
      observe: () => {},
      report: () => {},
    });

  it("closes in bounded time although its thread hangs", async () => {
    const time = new ManualTime();
    const link = await openHanging(time);
    const closing = link.close(500);
    await time.pass(2_500);
    await closing;
  });

  it("closes in bounded time although its thread hangs in the disk, where it cannot even be terminated", async () => {
    const time = new ManualTime();
    const link = await openHanging(time);
    const hanging: Worker[] = [];
    const terminate = vi.spyOn(Worker.prototype, "terminate").mockImplementation(function (this: Worker) {
      hanging.push(this);
      return new Promise(() => {});
    });
    const closing = link.close(500).then(() => "closed");
    await time.pass(2_500);
    const outcome = await Promise.race([closing, settled()]);
    terminate.mockRestore();
    for (const worker of hanging) await worker.terminate();
    expect(outcome).toBe("closed");
  });

  it("does not open where its thread cannot begin", async () => {
    const options = { workerData: null, timers: systemTimers, observe: () => {}, report: () => {} };
    const entry = new URL("./no-such-module.ts", import.meta.url);
    await expect(openThreadedSpool({ ...options, entry })).rejects.toThrow("the spool's thread has failed");
  });
});
