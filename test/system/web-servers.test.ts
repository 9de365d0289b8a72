import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parseMessage } from "../../lib/message/parse-message.ts";
import { isInstalled, type RunningDaemon } from "../support/daemon.ts";
import { freePort } from "../support/free-port.ts";
import { type PosternProcess, spawnPostern } from "../support/postern-process.ts";
import { receiveAll } from "../support/receive-all.ts";
import { apache } from "./web-servers/apache.ts";
import { clientAddress, sendHttp } from "./web-servers/http-client.ts";
import { lighttpd, plainLighttpd } from "./web-servers/lighttpd.ts";
import { nginx, unbufferedNginx } from "./web-servers/nginx.ts";
import { cases } from "./web-servers/requests.ts";
import { startWebServer } from "./web-servers/web-server.ts";

let postern: PosternProcess;
let scgiPort: number;
let queueUrl: string;
let client: SQSClient;

beforeAll(async () => {
  postern = await spawnPostern({
    args: [
      ...["serve", "--http", "off", "--embedded-port", "0", "--prefix", "/station"],
      ...["--scgi", "unix:scgi.sock", "--scgi", "127.0.0.1:0"],
      // The same messages come through each server, and must come out each time.
      ...["--remember", "off"],
    ],
  });
  const lines = await postern.ready;
  scgiPort = Number(/scgi:\/\/127\.0\.0\.1:(\d+)/.exec(lines.join("\n"))?.[1]);
  queueUrl = lines.find((line) => line.startsWith("queue "))?.slice("queue ".length) ?? "";
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  client = new SQSClient({ endpoint: new URL(queueUrl).origin, region: "us-east-1", credentials });
});
afterAll(async () => {
  client?.destroy();
  await postern?.remove();
});

function postRequest() {
  const request = cases.find(({ name }) => name === "POST")?.request;
  if (request === undefined) throw new Error("there is no case of that name");
  return request;
}

/** Waits until the queue has given so many messages, which the spool forwards in its own time, and takes them off. */
async function received(count: number): Promise<unknown[]> {
  const messages: unknown[] = [];
  await expect
    .poll(
      async () => {
        for (const { Body } of await receiveAll(client, queueUrl)) {
          const { source, data } = parseMessage(Body ?? "");
          messages.push({ ...data, from: source.ip });
        }
        return messages.length;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThanOrEqual(count);
  return messages;
}

describe.each([nginx, unbufferedNginx, lighttpd, plainLighttpd, apache])("behind $name", (server) => {
  // On a machine that must have all, what is missing is a failure and no reason to leave out.
  const isLeftOut = !isInstalled(server.program) && process.env["CI"] === undefined;
  let directory: string;
  let port: number;
  let running: RunningDaemon | undefined;

  beforeAll(async () => {
    if (isLeftOut) return;
    directory = await mkdtemp(join(tmpdir(), "web-server-"));
    port = await freePort();
    const backend =
      server.backend === "unix"
        ? ({ kind: "unix", path: join(postern.directory, "scgi.sock") } as const)
        : ({ kind: "tcp", host: "127.0.0.1", port: scgiPort } as const);
    running = await startWebServer(server, { directory, port, backend });
  });
  afterAll(async () => {
    await running?.stop();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  for (const { name, request, answer, exceptions } of cases) {
    const exception = exceptions?.[server.name];
    const because = exception === undefined ? "" : `, otherwise because ${exception.because}`;
    const missing = isLeftOut ? ` (left out: ${server.program} is not on this machine)` : "";
    it.skipIf(isLeftOut)(`${name}${because}${missing}`, async () => {
      const reply = await sendHttp(port, request);
      const isAsAll = exception?.byVersion === true && reply.status === answer.status;
      const { status, body, queued } = isAsAll ? answer : (exception?.answer ?? answer);
      expect(reply).toMatchObject({ status, body: expect.stringMatching(body) });
      // What earlier requests had no right to leave there would show here too.
      expect(await received(queued ? 1 : 0)).toEqual(queued ? [{ name, from: clientAddress }] : []);
    });
  }

  it.skipIf(isLeftOut)("a client that closes its side once it has sent everything is answered", async () => {
    const { body } = postRequest();
    const head = `POST /message HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n`;
    const client = connect({ port, host: "127.0.0.1", localAddress: clientAddress });
    client.end(`${head}${body}`);
    expect(await text(client)).toMatch(/^HTTP\/1\.[01] 200 .*\r\n\r\nOK$/s);
    expect(await received(1)).toEqual([{ name: "POST", from: clientAddress }]);
  });

  it.skipIf(isLeftOut)("a client that is gone in the middle of its upload is none", async () => {
    const request = postRequest();
    const gone = connect(port, "127.0.0.1");
    await once(gone, "connect");
    // Half of what would be a whole message to whoever does not count.
    const head = `POST /message HTTP/1.1\r\nHost: a\r\nContent-Length: ${request.body.length * 2}\r\n\r\n`;
    await new Promise((resolve) => gone.write(`${head}${request.body}`, resolve));
    gone.resetAndDestroy();

    expect(await sendHttp(port, request)).toMatchObject({ status: 200, body: "OK" });
    expect(await received(1)).toEqual([{ name: "POST", from: clientAddress }]);
    expect(await received(0)).toEqual([]);
  });
});

describe.each([nginx, lighttpd, apache])("$name whose Postern was away", (server) => {
  const isLeftOut = !isInstalled(server.program) && process.env["CI"] === undefined;

  it.skipIf(isLeftOut)("answers 502 or 503, and serves within two seconds when Postern is back", async () => {
    const directory = await mkdtemp(join(tmpdir(), "web-server-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const port = await freePort();
    const backend =
      server.backend === "unix"
        ? ({ kind: "unix", path: join(directory, "scgi.sock") } as const)
        : ({ kind: "tcp", host: "127.0.0.1", port: await freePort() } as const);
    const running = await startWebServer(server, { directory, port, backend });
    onTestFinished(() => running.stop());
    const get = { method: "GET", target: "/", headers: [], body: "" };
    const { status } = await sendHttp(port, get);
    expect([502, 503]).toContain(status);

    const address = backend.kind === "unix" ? `unix:${backend.path}` : `${backend.host}:${backend.port}`;
    const started = await spawnPostern({
      args: ["serve", "--http", "off", "--embedded-port", "0", "--scgi", address],
    });
    onTestFinished(() => started.remove());
    await started.ready;
    // lighttpd looks once a second.
    await expect.poll(async () => (await sendHttp(port, get)).status, { timeout: 2_000 }).toBe(200);
  });
});
