import { Agent } from "node:https";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { sqsClient } from "../../../lib/queue/sqs/sqs-client.ts";
import { startFaultySqs } from "../../support/faulty-sqs.ts";

const agents = { httpsAgent: new Agent() };
const access = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("sqsClient", () => {
  it.each(["hang", "stall_stored"] as const)("gives a call up that meets a %s", async (fault) => {
    const server = await startFaultySqs({ call: [fault] });
    const client = sqsClient(
      { queueUrl: server.queueUrl, requestTimeout: 200, maxSockets: 1, ...access },
      agents,
    );
    const call = client.send(
      new SendMessageBatchCommand({ QueueUrl: server.queueUrl, Entries: [{ Id: "0", MessageBody: "x" }] }),
    );
    await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
    // Retries are the caller's.
    expect(server.calls).toEqual([1]);
    client.destroy();
    await server.stop();
  });

  it.each([
    ["AWS_ENDPOINT_URL_SQS says", "https://sqs.example.org/1/postern"],
    ["the queue's URL says where nothing else does", undefined],
  ])("goes where %s, and says nothing of it", async (_, elsewhere) => {
    const server = await startFaultySqs();
    onTestFinished(() => server.stop());
    const { origin } = new URL(server.queueUrl);
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", elsewhere === undefined ? undefined : origin);
    const warned = vi.spyOn(console, "warn");
    const queueUrl = elsewhere ?? server.queueUrl;
    const client = sqsClient({ queueUrl, requestTimeout: 2_000, maxSockets: 1, ...access }, agents);
    onTestFinished(() => client.destroy());
    await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: [{ Id: "0", MessageBody: "x" }] }),
    );
    expect(server.stored).toEqual(["x"]);
    expect(warned).not.toHaveBeenCalled();
  });

  it("signs for the region in the queue's URL", async () => {
    const queueUrl = "https://sqs.ap-southeast-2.amazonaws.com/1/postern";
    const client = sqsClient({ queueUrl, requestTimeout: 1_000, maxSockets: 1 }, agents);
    expect(await client.config.region()).toBe("ap-southeast-2");
    client.destroy();
  });
});
