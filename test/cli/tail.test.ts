import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serialiseMessage } from "../../lib/message/serialise-message.ts";
import { numberedMessage } from "../support/messages.ts";
import { anyCredentials, spawnPostern } from "../support/postern-process.ts";
import { receiveAll } from "../support/receive-all.ts";

const resources = new AsyncDisposableStack();
let client: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  const server = await startFauxqs({ port: 0, logger: false, host: "", defaultRegion: "us-east-1" });
  resources.defer(() => server.stop());
  server.createQueue("postern");
  const endpoint = `http://127.0.0.1:${server.port}`;
  queueUrl = `${endpoint}/000000000000/postern`;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new SQSClient({ endpoint, region: "us-east-1", credentials });
  resources.defer(() => client.destroy());
});
beforeEach(() => receiveAll(client, queueUrl));
afterAll(() => resources.disposeAsync());

const bodies = Array.from({ length: 12 }, (_, number) => serialiseMessage(numberedMessage(number)));

async function send(some: readonly string[]): Promise<void> {
  for (let index = 0; index < some.length; index += 10) {
    const Entries = some
      .slice(index, index + 10)
      .map((MessageBody, number) => ({ Id: `${number}`, MessageBody }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

async function spawnTail(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const process = await spawnPostern({ args: ["tail", ...args], env });
  resources.defer(() => process.remove());
  return process;
}

function tail(...args: string[]) {
  return spawnTail(["--queue-url", queueUrl, ...args], anyCredentials);
}

/** How many can be received, once all that were given back are there again. */
function left() {
  let received = 0;
  return expect.poll(
    async () => {
      received += (await receiveAll(client, queueUrl)).length;
      return received;
    },
    { timeout: 5_000 },
  );
}

describe("postern tail", () => {
  it("prints the bodies as they are, and leaves them on the queue", async () => {
    await send(bodies);
    const { ended } = await tail("--no-follow", "--wait", "0");
    const { code, stdout } = await ended;
    expect([code, stdout.trim().split("\n").toSorted()]).toEqual([0, bodies.toSorted()]);
    await left().toBe(12);
  });

  it("removes what it has printed where it is asked to, and no more than it is asked for", async () => {
    await send(bodies);
    const { ended } = await tail("--remove", "--count", "5");
    expect((await ended).stdout.trim().split("\n")).toHaveLength(5);
    await left().toBe(7);
  });

  it("lets nobody debug it", async () => {
    const { child, ended } = await tail();
    await send(bodies.slice(0, 1));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGUSR1");
    child.kill("SIGINT");
    expect((await ended).stderr).not.toMatch(/debug/i);
    await left().toBe(1);
  });

  it("prints what comes, and gives all back when it is interrupted", async () => {
    const { child, ended } = await tail();
    await send(bodies.slice(0, 1));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stdout: `${bodies[0]}\n`, stderr: "" });
    await left().toBe(1);
  });

  it("ends quietly when its reader has enough", async () => {
    await send(bodies);
    const { child, ended } = await tail("--wait", "1");
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    await left().toBe(12);
  });

  it("says what is wrong when there is no queue", async () => {
    const { ended } = await spawnTail(["--embedded-port", "1"]);
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^postern: cannot read the queue http:\/\/127\.0\.0\.1:1\/.*is it running\?\)\n$/);
  });

  it("asks for the port that the program picked", async () => {
    const { ended } = await spawnTail([], { POSTERN_EMBEDDED_PORT: "0" });
    const { code, stderr } = await ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^postern: --embedded-port: expected the port that `postern serve` picked, .*\n$/);
  });

  it.each([
    ["AWS_ENDPOINT_URL_SQS", "nowhere"],
    ["HTTPS_PROXY", "socks5://user:secret@proxy.example"],
  ])("says that %s cannot be used", async (name, value) => {
    const queue = "https://sqs.us-east-1.amazonaws.com/1/postern";
    const { ended } = await spawnTail(["--queue-url", queue], { [name]: value });
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^postern: ${name} must be .*\\n$`)),
    ]);
    expect(stderr).not.toContain("secret");
  });

  it.each([["--count", "0"], ["--wait", "21"], ["--folow"]])("refuses %s %s", async (...args) => {
    const { ended } = await tail(...args);
    expect(await ended).toMatchObject({ code: 2 });
  });
});
