import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFunctions } from "../../infra/build/bundle-functions.ts";
import document from "../../lib/actions/openapi.json" with { type: "json" };
import { httpApiEvent } from "../support/gateway-events.ts";
import { receiveAll } from "../support/receive-all.ts";

const resources = new AsyncDisposableStack();
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
let directory: string;
let sizes: ReadonlyMap<string, number>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "postern-"));
  resources.defer(() => rm(directory, { recursive: true }));
  sizes = await bundleFunctions(directory);
}, 60_000);

afterAll(() => resources.disposeAsync());

/** Runs a script that sees the bundle as `bundle`, in a process of its own with nothing but Lambda's environment. */
async function inFreshProcess(name: string, environment: Record<string, string>, script: string) {
  const source = `const bundle = await import(${JSON.stringify(join(directory, `${name}.mjs`))}); ${script}`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", source], {
    env: { AWS_REGION: "us-east-1", ...environment },
  });
  return stdout.trim().split("\n");
}

/** What a bundle does with an event, as a script. */
function invoking(event: unknown): string {
  return `
    const context = { awsRequestId: "1", functionVersion: "1", memoryLimitInMB: "512", getRemainingTimeInMillis: () => 9000 };
    console.log(JSON.stringify(await bundle.handler(${JSON.stringify(event)}, context)));`;
}

describe("the budget", () => {
  // A cold start pays for every byte. Raise these only for something that a function cannot do without.
  it.each([
    ["info", 109_000],
    ["message", 273_000],
    ["messages", 273_000],
    ["default", 109_000],
  ])("of %s is %i bytes", (name, budget) => {
    expect(sizes.get(name)).toBeGreaterThan(10_000);
    expect(sizes.get(name)).toBeLessThanOrEqual(budget);
  });

  it("names every function", () => {
    expect([...sizes.keys()].sort()).toEqual(["default", "info", "message", "messages"]);
  });

  it("has no room for what node:http loads on demand", async () => {
    const [loaded] = await inFreshProcess(
      "message",
      { QUEUE_URL: "http://127.0.0.1:1/0/postern" },
      "console.log(process.moduleLoadList.filter((name) => /undici|http2/.test(name)).length)",
    );
    expect(loaded).toBe("0");
  });
});

describe("the bundled message function", () => {
  const event = httpApiEvent({
    method: "POST",
    path: "/message",
    query: "",
    headers: [],
    body: Buffer.from(
      `{"callsign":"M0ZDR","type":"LISTENER_INFO","time_created":0,"time_uploaded":0,"data":{"name":"Adam"}}`,
    ),
    client: "2.7.5.8",
  });
  const invoke = invoking(event);

  it("sends with the credentials of its environment", async () => {
    await using scope = new AsyncDisposableStack();
    const server = await startFauxqs({ port: 0, logger: false, host: "", defaultRegion: "us-east-1" });
    scope.defer(() => server.stop());
    server.createQueue("postern");
    const endpoint = `http://127.0.0.1:${server.port}`;
    const queueUrl = `${endpoint}/000000000000/postern`;
    const client = scope.adopt(new SQSClient({ endpoint, region: "us-east-1", credentials }), (open) =>
      open.destroy(),
    );

    const lines = await inFreshProcess(
      "message",
      {
        QUEUE_URL: queueUrl,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: "token",
      },
      invoke,
    );

    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ statusCode: 200, body: "OK" });
    expect(await receiveAll(client, queueUrl)).toHaveLength(1);
  });

  it("without credentials answers 503, so that the client sends its message again", async () => {
    const lines = await inFreshProcess("message", { QUEUE_URL: "http://127.0.0.1:1/0/postern" }, invoke);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ statusCode: 503 });
  });

  it("does not start without a queue, and says what it needs", async () => {
    await expect(inFreshProcess("message", {}, "")).rejects.toThrow(
      /QUEUE_URL must be the URL of an SQS queue/,
    );
  });
});

describe("the bundled default function", () => {
  it("has the description of the interface, though packed", async () => {
    const event = httpApiEvent({
      method: "GET",
      path: "/openapi.json",
      query: "",
      headers: [],
      body: Buffer.of(),
      client: "2.7.5.8",
    });
    const lines = await inFreshProcess("default", {}, invoking(event));
    const { statusCode, body } = JSON.parse(lines.at(-1) ?? "");
    expect(statusCode).toBe(200);
    expect(body).toBe(JSON.stringify(document));
  });
});
