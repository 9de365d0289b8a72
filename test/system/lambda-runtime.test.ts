import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleFunctions } from "../../infra/build/bundle-functions.ts";
import { parseMessage } from "../../lib/message/index.ts";
import { type FunctionProcess, startFunction } from "../support/function-process.ts";
import {
  albEvent,
  functionUrlEvent,
  type GatewayRequest,
  httpApiEvent,
  restApiEvent,
} from "../support/gateway-events.ts";
import { listenerUpload as upload } from "../support/messages.ts";
import { receiveAll } from "../support/receive-all.ts";
import { runtimeInterfaceClient } from "../support/runtime-interface-client.ts";

const client = await runtimeInterfaceClient();
const why =
  client.state === "there" ? "" : ` (left out without AWS's runtime interface client: ${client.reason})`;
if (why !== "") process.stdout.write(`The bundles under Lambda's runtime${why}\n`);

const resources = new AsyncDisposableStack();
let directory: string;
let queueUrl: string;
let sqs: SQSClient;

function start(name: string, environment: Readonly<Record<string, string>>): Promise<FunctionProcess> {
  if (client.state !== "there") throw new Error(why);
  return startFunction({ runtime: client.entry, directory, name, environment });
}

function post(body: Uint8Array): GatewayRequest {
  const headers = [["Content-Type", "application/json"]] as const;
  return { method: "POST", path: "/message", query: "", headers, body, client: "2.7.5.8" };
}

if (process.env["CI"] === "true") {
  it("continuous integration has Lambda's runtime", () => {
    expect(client.state, why).toBe("there");
  });
}

describe.skipIf(why !== "")(`the bundles under AWS's runtime interface client${why}`, () => {
  let message: FunctionProcess;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "postern-"));
    resources.defer(() => rm(directory, { recursive: true }));
    await bundleFunctions(directory);
    const server = await startFauxqs({ port: 0, logger: false, host: "", defaultRegion: "us-east-1" });
    resources.defer(() => server.stop());
    server.createQueue("postern");
    const endpoint = `http://127.0.0.1:${server.port}`;
    queueUrl = `${endpoint}/000000000000/postern`;
    sqs = new SQSClient({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    resources.defer(() => sqs.destroy());
    message = resources.use(await start("message", { QUEUE_URL: queueUrl }));
  });
  afterAll(() => resources.disposeAsync());
  beforeEach(() => receiveAll(sqs, queueUrl));

  it.each([
    ["an HTTP API", httpApiEvent],
    ["a function URL", functionUrlEvent],
    ["a REST API", restApiEvent],
    ["a load balancer", albEvent],
  ])("put the message of %s on the queue", async (_, toEvent) => {
    const sent = { ...upload, time_created: upload.time_created + 1 };
    const outcome = await message.invoke(toEvent(post(Buffer.from(JSON.stringify(sent)))));
    expect(outcome).toMatchObject({ kind: "response", result: { statusCode: 200, body: "OK" } });

    const [queued, ...more] = await receiveAll(sqs, queueUrl);
    expect(more).toEqual([]);
    expect(parseMessage(queued?.Body ?? "")).toMatchObject({
      type: "LISTENER_INFO",
      source: { callsign: "M0ZDR", ip: "2.7.5.8" },
      data: { name: "Ådám 🎈" },
    });
  });

  it("put a message on the queue that came compressed, and so as base64", async () => {
    const body = gzipSync(JSON.stringify(upload));
    const request = { ...post(body), headers: [["Content-Encoding", "gzip"]] as const };
    const outcome = await message.invoke(httpApiEvent(request));
    expect(outcome).toMatchObject({ kind: "response", result: { statusCode: 200 } });
    const queued = await receiveAll(sqs, queueUrl);
    expect(queued.map(({ Body }) => parseMessage(Body ?? "").data)).toEqual([upload.data]);
  });

  it("put many messages on the queue, each by itself", async () => {
    await using messages = await start("messages", { QUEUE_URL: queueUrl });
    const body = Buffer.from(JSON.stringify([upload, {}, { ...upload, time_created: 1 }]));
    const outcome = await messages.invoke(httpApiEvent({ ...post(body), path: "/messages" }));
    expect(outcome).toMatchObject({ kind: "response", result: { statusCode: 207 } });
    expect(await receiveAll(sqs, queueUrl)).toHaveLength(2);
  });

  it("refuse what is no message, and queue nothing", async () => {
    const outcome = await message.invoke(httpApiEvent(post(Buffer.from('{"callsign": NaN}'))));
    expect(outcome).toMatchObject({
      kind: "response",
      result: { statusCode: 400, headers: { "content-type": "application/problem+json" } },
    });
    expect(await receiveAll(sqs, queueUrl)).toEqual([]);
  });

  it("fail the invocation of an event that no gateway sends, and take the next", async () => {
    const outcome = await message.invoke({ Records: [] });
    expect(outcome).toMatchObject({ kind: "error", errorType: "UnknownEventError" });
    const next = await message.invoke(httpApiEvent(post(Buffer.from(JSON.stringify(upload)))));
    expect(next).toMatchObject({ kind: "response", result: { statusCode: 200 } });
    expect(message.log()).toContain("The event cannot be answered");
  });

  it("log the cold start once, and nothing of the payload", () => {
    expect(message.log().match(/cold start/g)).toHaveLength(1);
    expect(message.log()).not.toContain("Ådám");
  });

  it.each([
    ["info", "GET", "/", 200],
    ["default", "POST", "/mesage", 404],
  ])("serve %s without a queue", async (name, method, path, statusCode) => {
    await using process = await start(name, {});
    const outcome = await process.invoke(httpApiEvent({ ...post(new Uint8Array()), method, path }));
    expect(outcome).toMatchObject({ kind: "response", result: { statusCode } });
  });

  it("say what they need when the queue is not set", async () => {
    await using process = await start("message", {});
    expect(await process.initError).toMatchObject({
      kind: "error",
      errorMessage: expect.stringContaining("QUEUE_URL must be the URL of an SQS queue"),
    });
  });
});
