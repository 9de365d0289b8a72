import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { parseMessage } from "../../../lib/message/index.ts";
import { listenerUpload as upload } from "../../support/messages.ts";
import { type PosternProcess, spawnPostern } from "../../support/postern-process.ts";
import { receiveAll } from "../../support/receive-all.ts";

const entry = fileURLToPath(new URL("../../../infra/offline/main.ts", import.meta.url));
let offline: PosternProcess;
let endpoint: string;
let queueUrl: string;
let client: SQSClient;

beforeAll(async () => {
  offline = await spawnPostern({
    entry,
    args: ["--port", "0", "--embedded-port", "0"],
  });
  const [listening = "", queue = ""] = await offline.ready;
  endpoint = listening.slice("listening on ".length);
  queueUrl = queue.slice("queue ".length);
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  client = new SQSClient({ endpoint: new URL(queueUrl).origin, region: "us-east-1", credentials });
}, 60_000);

afterAll(async () => {
  client.destroy();
  await offline.remove();
});

it.each([
  ["as text", "application/json", Buffer.from(JSON.stringify(upload)), {}],
  ["as a form, so as base64", "application/x-www-form-urlencoded", Buffer.from(JSON.stringify(upload)), {}],
  ["compressed", "application/json", gzipSync(JSON.stringify(upload)), { "content-encoding": "gzip" }],
])("puts a message on the queue that came %s", async (_, type, body, headers) => {
  const response = await fetch(`${endpoint}/message`, {
    method: "POST",
    headers: { "content-type": type, ...headers },
    body,
  });
  expect([response.status, await response.text()]).toEqual([200, "OK"]);
  const queued = await receiveAll(client, queueUrl);
  expect(queued.map(({ Body }) => parseMessage(Body ?? ""))).toEqual([
    expect.objectContaining({ source: { callsign: "M0ZDR", ip: "127.0.0.1" }, data: upload.data }),
  ]);
});

it("serves many messages by their own function", async () => {
  const body = `${JSON.stringify(upload)}\n${JSON.stringify({ ...upload, time_created: 1 })}\n`;
  const response = await fetch(`${endpoint}/messages`, { method: "POST", body });
  expect(await response.json()).toMatchObject({ accepted: 2, rejected: 0 });
  expect(await receiveAll(client, queueUrl)).toHaveLength(2);
});

it.each([
  ["GET", "/", 200],
  ["POST", "/mesage", 404],
  ["PUT", "/message", 405],
])("answers %s %s as deployed: %i", async (method, path, status) => {
  const response = await fetch(endpoint + path, { method });
  expect(response.status).toBe(status);
});

it("runs beside `postern serve`, whose embedded queue is another, and says in one line what is in its way", async () => {
  const { directory } = offline;
  const program = await spawnPostern({
    args: ["serve", "--http", "127.0.0.1:0", "--scgi", "off", "--embedded-port", "0"],
    directory,
  });
  onTestFinished(() => program.remove());
  await program.ready;
  const second = await spawnPostern({ entry, args: ["--port", "0", "--embedded-port", "0"], directory });
  expect(await second.ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^postern: cannot open the embedded queue in \S+: another program has it open\n$/,
    ),
  });
});

it("says what it can be told", async () => {
  const asked = await spawnPostern({ entry, args: ["--help"] });
  onTestFinished(() => asked.remove());
  expect(await asked.ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/--port <PORT> .*--embedded-port <PORT> /s),
  });
});

it("stops when it is told to", async () => {
  offline.child.kill("SIGTERM");
  expect(await offline.ended).toMatchObject({ code: 0 });
});
