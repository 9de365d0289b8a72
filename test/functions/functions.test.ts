import { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { LambdaHandler } from "../../lib/lambda/lambda-handler.ts";
import { type GatewayRequest, httpApiEvent } from "../support/gateway-events.ts";
import { lambdaContext } from "../support/lambda-context.ts";
import { listenerUpload as message } from "../support/messages.ts";
import { receiveAll } from "../support/receive-all.ts";

const resources = new AsyncDisposableStack();
const written: string[] = [];
let queueUrl: string;
let client: SQSClient;
let functions: Readonly<Record<"info" | "message" | "messages" | "default", LambdaHandler>>;

beforeAll(async () => {
  const server = await startFauxqs({ port: 0, logger: false, host: "", defaultRegion: "us-east-1" });
  resources.defer(() => server.stop());
  server.createQueue("postern");
  const endpoint = `http://127.0.0.1:${server.port}`;
  queueUrl = `${endpoint}/000000000000/postern`;
  for (const [name, value] of [
    ["QUEUE_URL", queueUrl],
    ["POSTERN_PREFIX", "/station"],
    ["AWS_REGION", "us-east-1"],
    ["AWS_ACCESS_KEY_ID", "test"],
    ["AWS_SECRET_ACCESS_KEY", "test"],
  ] as const) {
    vi.stubEnv(name, value);
  }
  client = new SQSClient({ endpoint });
  resources.defer(() => client.destroy());
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
  }
  const [info, message, messages, other] = await Promise.all([
    import("../../functions/info.ts"),
    import("../../functions/message.ts"),
    import("../../functions/messages.ts"),
    import("../../functions/default.ts"),
  ]);
  functions = {
    info: info.handler,
    message: message.handler,
    messages: messages.handler,
    default: other.handler,
  };
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await resources.disposeAsync();
});

function ask(name: keyof typeof functions, change: Partial<GatewayRequest>) {
  const request: GatewayRequest = {
    method: "GET",
    path: "/",
    query: "",
    headers: [],
    body: new Uint8Array(),
    client: "2.7.5.8",
  };
  return functions[name](httpApiEvent({ ...request, ...change }), lambdaContext());
}

it("info says what this is and lists the actions", async () => {
  const { statusCode, body } = await ask("info", {});
  expect(statusCode).toBe(200);
  expect(body).toMatch(/^This is Postern.*\/message/s);
});

describe("message", () => {
  it("puts a message on the queue, in one line of less than 300 bytes", async () => {
    written.length = 0;
    const body = Buffer.from(JSON.stringify(message));
    const result = await ask("message", { method: "POST", path: "/message", body });
    const lines = written.join("").trim().split("\n");
    const queued = await receiveAll(client, queueUrl);

    expect(result).toMatchObject({ statusCode: 200, body: "OK" });
    expect(queued.map(({ Body }) => JSON.parse(Body ?? ""))).toEqual([
      expect.objectContaining({ type: "LISTENER_INFO", source: { callsign: "M0ZDR", ip: "2.7.5.8" } }),
    ]);
    expect(lines.filter((line) => !line.includes("cold start"))).toHaveLength(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(300);
    expect(lines.join()).not.toContain("Adam");
  });

  it("is there too under the prefix that no event tells", async () => {
    const body = Buffer.from(JSON.stringify({ ...message, time_created: 1_295_103_502 }));
    const request = { method: "POST", path: "/station/message", body };
    expect(await ask("message", request)).toMatchObject({ statusCode: 200, body: "OK" });
    expect(await receiveAll(client, queueUrl)).toHaveLength(1);
  });

  it("refuses what is no message, and queues nothing", async () => {
    const body = Buffer.from("{}");
    expect(await ask("message", { method: "POST", path: "/message", body })).toMatchObject({
      statusCode: 400,
    });
    expect(await receiveAll(client, queueUrl)).toEqual([]);
  });
});

it("messages puts each on the queue and answers with a receipt", async () => {
  const body = Buffer.from(JSON.stringify([message, {}, { ...message, time_created: 1_295_103_501 }]));
  const result = await ask("messages", { method: "POST", path: "/messages", body });
  const queued = await receiveAll(client, queueUrl);

  expect(result.statusCode).toBe(207);
  const receipt = JSON.parse(result.body ?? "");
  expect(receipt).toMatchObject({ accepted: 2, rejected: 1 });
  const ids = queued.map(({ Body }) => JSON.parse(Body ?? "").id);
  expect(ids.sort()).toEqual([receipt.results[0].id, receipt.results[2].id].sort());
});

it("messages takes 5,000 of them at once, and no more", async () => {
  const post = (count: number) => {
    const body = Buffer.from("{}\n".repeat(count));
    return ask("messages", { method: "POST", path: "/messages", body });
  };
  expect(JSON.parse((await post(5_000)).body ?? "")).toMatchObject({ accepted: 0, rejected: 5_000 });
  expect(await post(5_001)).toMatchObject({ statusCode: 413, body: expect.stringContaining("5000") });
});

describe("default", () => {
  it("lists the actions for an unknown one", async () => {
    const result = await ask("default", { method: "POST", path: "/mesage" });
    expect(result).toMatchObject({
      statusCode: 404,
      body: expect.stringMatching(/one of these: \/, \/message/),
    });
  });

  it.each(["GET", "HEAD", "PUT"])("tells the methods of an action that does not take %s", async (method) => {
    const result = await ask("default", { method, path: "/message" });
    expect(result).toMatchObject({ statusCode: 405, headers: { allow: "POST" } });
  });

  it("takes no message, since it may not, and says that it is not the client's fault", async () => {
    const body = Buffer.from(JSON.stringify(message));
    expect(await ask("default", { method: "POST", path: "/message", body })).toMatchObject({
      statusCode: 503,
    });
  });
});
