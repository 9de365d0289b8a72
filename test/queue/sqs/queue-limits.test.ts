import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QueueError } from "../../../lib/queue/queue-error.ts";
import { directSqs } from "../../../lib/queue/sqs/direct-sqs.ts";
import { assumedLimits, mayOnlySend, readLimits } from "../../../lib/queue/sqs/queue-limits.ts";
import type { SqsApi } from "../../../lib/queue/sqs/sqs-api.ts";
import { startFaultySqs } from "../../support/faulty-sqs.ts";

const access = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };

/** A client whose queue answers with the given attributes. */
const answering = (Attributes: Record<string, string>) => ({
  getQueueAttributes: async () => ({ Attributes }),
});

describe("readLimits", () => {
  let server: Awaited<ReturnType<typeof startFauxqs>>;
  let client: SqsApi;
  const urlOf = (name: string) => `http://127.0.0.1:${server.port}/000000000000/${name}`;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false, host: "" });
    client = directSqs({ queueUrl: urlOf("any"), requestTimeout: 2_000, maxSockets: 1, ...access });
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  it("gives what the queue says of itself", async () => {
    server.createQueue("small.fifo", { attributes: { FifoQueue: "true", MaximumMessageSize: "2048" } });
    expect(await readLimits(client, urlOf("small.fifo"))).toMatchObject({ messageBytes: 2048, fifo: true });
  });

  it.each([
    [{ FifoQueue: "true", DeduplicationScope: "messageGroup" }, false],
    [{ FifoQueue: "true", DeduplicationScope: "queue" }, true],
    [{ FifoQueue: "true" }, true],
    [{}, false],
  ])("tells of %j whether it takes one callsign's key for another's", async (attributes, mixes) => {
    const { mixesCallsigns } = await readLimits(answering(attributes), "http://localhost/0/postern");
    expect(mixesCallsigns).toBe(mixes);
  });

  it.each(["", "0", "none", "9999999999"])("takes the most of SQS where the queue says %j", async (size) => {
    const limits = await readLimits(answering({ MaximumMessageSize: size }), "http://localhost/0/postern");
    expect(limits).toMatchObject({ messageBytes: 1_048_576, fifo: false });
  });

  it("says that there is no such queue", async () => {
    await expect(readLimits(client, urlOf("nosuch"))).rejects.toThrow(
      /^the queue http:\S+\/nosuch cannot be used: .*not exist/,
    );
  });

  it("says in one line that the queue cannot be reached", async () => {
    const gone = await startFaultySqs();
    await gone.stop();
    const impatient = directSqs({ queueUrl: gone.queueUrl, requestTimeout: 500, maxSockets: 1, ...access });
    await expect(readLimits(impatient, gone.queueUrl)).rejects.toThrow(
      /^cannot reach the queue http:\S+: connect ECONNREFUSED \S+$/,
    );
  });

  it("tells a missing permission to ask from a queue that is not well", async () => {
    const denied = await startFaultySqs({ call: ["denied"], attributes: null });
    const failing = await startFaultySqs({ call: ["error"], attributes: null });
    for (const [{ queueUrl }, expected, words] of [
      [denied, true, "may not be asked for its attributes"],
      [failing, false, "cannot be used"],
    ] as const) {
      const asking = directSqs({ queueUrl, requestTimeout: 500, maxSockets: 1, ...access });
      const error = await readLimits(asking, queueUrl).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(QueueError);
      expect(mayOnlySend(error as QueueError)).toBe(expected);
      expect((error as QueueError).message).toMatch(`the queue ${queueUrl} ${words}: `);
      asking.destroy();
    }
    await denied.stop();
    await failing.stop();
  });
});

describe("assumedLimits", () => {
  it("goes by the suffix that FIFO queues have", () => {
    expect(assumedLimits("https://sqs.eu-west-1.amazonaws.com/1/postern.fifo").fifo).toBe(true);
    expect(assumedLimits("https://sqs.eu-west-1.amazonaws.com/1/postern").fifo).toBe(false);
  });
});
