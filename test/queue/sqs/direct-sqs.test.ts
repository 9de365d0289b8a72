import { createHmac, hash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { classifyCallError, sqsReason } from "../../../lib/queue/sqs/classify-error.ts";
import { directSqs } from "../../../lib/queue/sqs/direct-sqs.ts";
import { startFaultySqs } from "../../support/faulty-sqs.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const credentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const stops: (() => void)[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0)) stop();
});

interface Call {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** An endpoint that keeps what it is sent and answers it with `answer`. */
async function endpointThat(
  answer: (call: Call) => { status?: number; headers?: Record<string, string>; body: unknown },
) {
  const calls: Call[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const call = { request, body: await text(request) };
    calls.push(call);
    const { status = 200, headers = {}, body } = answer(call);
    response.writeHead(status, headers).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => server.close());
  return { calls, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function connect(queueUrl: string, more: { region?: string } = { region: "eu-west-1" }) {
  const sqs = directSqs({ queueUrl, requestTimeout: 2_000, maxSockets: 1, credentials, ...more });
  stops.push(() => sqs.destroy());
  return sqs;
}

const noAttributes = () => ({ body: {} });

/** AWS General Reference, "Signature Version 4 signing process", step by step. */
function expectedSignature({ request, body }: Call, region: string): string {
  const authorization = request.headers.authorization ?? "";
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? "";
  const date = String(request.headers["x-amz-date"]);
  const canonical = [
    request.method,
    request.url,
    "",
    ...names.split(";").map((name) => `${name}:${request.headers[name]}`),
    "",
    names,
    hash("sha256", body),
  ].join("\n");
  const scope = `${date.slice(0, 8)}/${region}/sqs/aws4_request`;
  const key = scope
    .split("/")
    .reduce<Buffer | string>(
      (secret, part) => createHmac("sha256", secret).update(part).digest(),
      `AWS4${credentials.secretAccessKey}`,
    );
  const toSign = ["AWS4-HMAC-SHA256", date, scope, hash("sha256", canonical)].join("\n");
  return createHmac("sha256", key).update(toSign).digest("hex");
}

const signatureOf = ({ request }: Call) =>
  /Signature=([0-9a-f]+)/.exec(request.headers.authorization ?? "")?.[1];

describe("directSqs", () => {
  it("signs what it sends, with every header that says what it is", async () => {
    const { calls, origin } = await endpointThat(noAttributes);
    await connect(`${origin}/1/postern`).getQueueAttributes({ QueueUrl: "é", AttributeNames: ["All"] });
    const [call] = calls;
    expect(call?.body).toBe('{"QueueUrl":"é","AttributeNames":["All"]}');
    expect(call?.request.headers).toMatchObject({
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "AmazonSQS.GetQueueAttributes",
    });
    expect(call?.request.headers.authorization).toMatch(/SignedHeaders=content-type;host;.*x-amz-target/);
    if (call !== undefined) expect(signatureOf(call)).toBe(expectedSignature(call, "eu-west-1"));
  });

  it("goes to the endpoint of the environment, and signs for its region", async () => {
    const { calls, origin } = await endpointThat(noAttributes);
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", `${origin}/sqs`);
    vi.stubEnv("AWS_REGION", "sa-east-1");
    await connect("https://queue.example/1/postern", {}).getQueueAttributes({ QueueUrl: "x" });
    expect(calls[0]?.request.url).toBe("/sqs");
    expect(calls[0]?.request.headers.authorization).toContain("/sa-east-1/sqs/");
  });

  it("signs for the region in the queue's URL rather than for that of the environment", async () => {
    const { calls, origin } = await endpointThat(noAttributes);
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", origin);
    vi.stubEnv("AWS_REGION", "sa-east-1");
    const queueUrl = "https://sqs.ap-southeast-2.amazonaws.com/1/postern";
    await connect(queueUrl, {}).getQueueAttributes({ QueueUrl: queueUrl });
    expect(calls[0]?.request.headers.authorization).toContain("/ap-southeast-2/sqs/");
  });

  it("dates its signatures by the queue once it has heard that its own clock is wrong", async () => {
    const date = "Sun, 01 Mar 2020 09:00:00 GMT";
    const { calls, origin } = await endpointThat(() => ({ headers: { date }, body: {} }));
    const sqs = connect(`${origin}/1/postern`);
    for (let call = 0; call < 2; call += 1) await sqs.getQueueAttributes({ QueueUrl: "x" });
    const [first, second] = calls.map(({ request }) => String(request.headers["x-amz-date"]));
    expect(first?.slice(0, 4)).not.toBe("2020");
    expect(second?.slice(0, 11)).toBe("20200301T09");
  });

  it("asks again at once where it learnt what time it is by a refusal", async () => {
    const date = "Sun, 01 Mar 2020 09:00:00 GMT";
    const isInTime = ({ request }: Call) => String(request.headers["x-amz-date"]).startsWith("20200301T09");
    const expired = {
      __type: "com.amazon.coral.service#InvalidSignatureException",
      message: "Signature expired",
    };
    const { calls, origin } = await endpointThat((call) =>
      isInTime(call) ? { headers: { date }, body: {} } : { status: 400, headers: { date }, body: expired },
    );
    const sqs = connect(`${origin}/1/postern`);
    expect(await sqs.getQueueAttributes({ QueueUrl: "x" })).toEqual({});
    expect(calls.map(isInTime)).toEqual([false, true]);
  });

  it("asks once where it is refused for something else", async () => {
    const { calls, origin } = await endpointThat(() => ({ status: 403, body: { __type: "AccessDenied" } }));
    await expect(connect(`${origin}/1/postern`).getQueueAttributes({ QueueUrl: "x" })).rejects.toThrow();
    expect(calls).toHaveLength(1);
  });

  it("does not take a message for sent of which SQS has got something else", async () => {
    const { origin } = await endpointThat(() => ({
      body: {
        Successful: ["body", "other"].map((body, index) => ({
          Id: String(index),
          MessageId: "m",
          MD5OfMessageBody: hash("md5", body),
        })),
      },
    }));
    const { Successful } = await connect(`${origin}/1/postern`).sendMessageBatch({
      QueueUrl: "x",
      Entries: ["0", "1"].map((Id) => ({ Id, MessageBody: "body" })),
    });
    expect(Successful?.map(({ Id }) => Id)).toEqual(["0"]);
  });

  it.each(["hang", "stall_stored", "drip_stored"] as const)(
    "gives a call up that meets a %s",
    async (fault) => {
      const server = await startFaultySqs({ call: [fault] });
      stops.push(() => void server.stop());
      const sqs = directSqs({
        queueUrl: server.queueUrl,
        requestTimeout: 200,
        maxSockets: 1,
        region: "x",
        credentials,
      });
      stops.push(() => sqs.destroy());
      await expect(
        sqs.sendMessageBatch({ QueueUrl: server.queueUrl, Entries: [{ Id: "0", MessageBody: "x" }] }),
      ).rejects.toThrow();
      // Retries are the caller's.
      expect(server.calls).toEqual([1]);
    },
  );

  it("gives a call up when its credentials do not come, of which nothing was sent", async () => {
    using directory = temporaryDirectory();
    // Takes connections, and never says a word.
    const tokens = createTcpServer().listen(0, "127.0.0.1");
    await once(tokens, "listening");
    tokens.on("connection", (socket) => stops.push(() => socket.destroy()));
    stops.push(() => tokens.close());
    const file = join(directory.path, "config");
    writeFileSync(
      file,
      `[profile gateway]
region = x
role_arn = arn:aws:iam::000000000000:role/gateway
source_profile = keys
[profile keys]
aws_access_key_id = any
aws_secret_access_key = any
`,
    );
    vi.stubEnv("AWS_CONFIG_FILE", file);
    vi.stubEnv("AWS_PROFILE", "gateway");
    vi.stubEnv("AWS_ENDPOINT_URL_STS", `http://127.0.0.1:${(tokens.address() as AddressInfo).port}`);
    const { calls, origin } = await endpointThat(noAttributes);
    const access = { queueUrl: `${origin}/1/postern`, requestTimeout: 200, maxSockets: 1, region: "x" };
    const sqs = directSqs(access);
    stops.push(() => sqs.destroy());
    const failure: unknown = await sqs.getQueueAttributes({ QueueUrl: "x" }).catch((error: unknown) => error);
    expect(sqsReason(failure)).toBe("no credentials for more than 0.2 seconds");
    expect(classifyCallError(failure)).toBe("unavailable");
    const giveUp = AbortSignal.abort();
    await expect(sqs.sendMessageBatch({ QueueUrl: "x", Entries: [] }, giveUp)).rejects.toThrow();
    expect(calls).toEqual([]);
  });

  it("takes credentials from a file that was not there when it looked first", async () => {
    using directory = temporaryDirectory();
    const file = join(directory.path, "credentials");
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file);
    vi.stubEnv("AWS_CONFIG_FILE", join(directory.path, "config"));
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    const { calls, origin } = await endpointThat(noAttributes);
    const sqs = directSqs({ queueUrl: `${origin}/1/q`, requestTimeout: 2_000, maxSockets: 1, region: "x" });
    stops.push(() => sqs.destroy());
    const failure: unknown = await sqs.getQueueAttributes({ QueueUrl: "x" }).catch((error: unknown) => error);
    expect(sqsReason(failure)).toMatch(/^Could not load credentials/);
    writeFileSync(file, "[default]\naws_access_key_id = LATE\naws_secret_access_key = any\n");
    await sqs.getQueueAttributes({ QueueUrl: "x" });
    expect(calls[0]?.request.headers.authorization).toContain("Credential=LATE/");
  });

  it.each(["UnrecognizedClientException", "ExpiredTokenException", "InvalidSignatureException"])(
    "looks for credentials anew where the queue says %s of those that it has",
    async (code) => {
      using directory = temporaryDirectory();
      const file = join(directory.path, "credentials");
      const keys = (id: string) => `[default]\naws_access_key_id = ${id}\naws_secret_access_key = any\n`;
      writeFileSync(file, keys("OLD"));
      for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
        vi.stubEnv(name, undefined);
      vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file);
      vi.stubEnv("AWS_CONFIG_FILE", join(directory.path, "config"));
      const isOld = ({ request }: Call) =>
        request.headers.authorization?.includes("Credential=OLD/") === true;
      const { calls, origin } = await endpointThat((call) =>
        isOld(call) ? { status: 403, body: { __type: `com.amazon.coral.service#${code}` } } : { body: {} },
      );
      const sqs = directSqs({ queueUrl: `${origin}/1/q`, requestTimeout: 2_000, maxSockets: 1, region: "x" });
      stops.push(() => sqs.destroy());
      const failure = () => sqs.getQueueAttributes({ QueueUrl: "x" }).catch(classifyCallError);
      expect(await failure()).toBe("unavailable");
      writeFileSync(file, keys("NEW"));
      await failure();
      expect(await failure()).toEqual({});
      expect(calls.map(isOld)).toEqual([true, false, false]);
    },
  );

  it("does not look for credentials at each call of which the queue refuses them", async () => {
    using directory = temporaryDirectory();
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined);
    const [config, looks] = [join(directory.path, "config"), join(directory.path, "looks")];
    const keys = JSON.stringify({ Version: 1, AccessKeyId: "WRONG", SecretAccessKey: "any" });
    const script = join(directory.path, "keys.sh");
    writeFileSync(script, `echo look >>'${looks}'\necho '${keys}'\n`);
    writeFileSync(config, `[profile gateway]\ncredential_process = sh '${script}'\n`);
    vi.stubEnv("AWS_CONFIG_FILE", config);
    vi.stubEnv("AWS_PROFILE", "gateway");
    const body = { __type: "InvalidSignatureException" };
    const { calls, origin } = await endpointThat(() => ({ status: 403, body }));
    const sqs = directSqs({ queueUrl: `${origin}/1/q`, requestTimeout: 9_000, maxSockets: 1, region: "x" });
    stops.push(() => sqs.destroy());
    for (let call = 0; call < 10; call += 1) {
      await expect(sqs.getQueueAttributes({ QueueUrl: "x" })).rejects.toThrow();
    }
    expect(calls).toHaveLength(10);
    expect(readFileSync(looks, "utf8")).toBe("look\nlook\n");
  });

  it("asks for credentials anew where they did not come", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
      vi.stubEnv(name, undefined);
    let asked = 0;
    const keys = createServer((_, response) => {
      asked += 1;
      if (asked === 1) return;
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ AccessKeyId: "LATE", SecretAccessKey: "any", Token: "t", Expiration }));
    }).listen(0, "127.0.0.1");
    await once(keys, "listening");
    stops.push(() => {
      keys.closeAllConnections();
      keys.close();
    });
    const address = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`;
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", address);
    const { calls, origin } = await endpointThat(noAttributes);
    const sqs = directSqs({ queueUrl: `${origin}/1/q`, requestTimeout: 300, maxSockets: 1, region: "x" });
    stops.push(() => sqs.destroy());
    await expect(sqs.getQueueAttributes({ QueueUrl: "x" })).rejects.toThrow("no credentials for more than");
    await sqs.getQueueAttributes({ QueueUrl: "x" });
    expect(calls[0]?.request.headers.authorization).toContain("Credential=LATE/");
  });

  it("knows of a call that had no connection by its time that it was not sent", async () => {
    const server = await startFaultySqs({ call: ["hang"] });
    stops.push(() => void server.stop());
    const { queueUrl } = server;
    const sqs = directSqs({ queueUrl, requestTimeout: 600, maxSockets: 1, region: "x", credentials });
    stops.push(() => sqs.destroy());
    const request = { QueueUrl: queueUrl, Entries: [{ Id: "0", MessageBody: "x" }] };
    const ends = await Promise.allSettled([
      sqs.sendMessageBatch(request),
      // Well before the first gives its connection up, however late timers are.
      sqs.sendMessageBatch(request, AbortSignal.timeout(100)),
    ]);
    const failures = ends.map((end) => ("reason" in end ? classifyCallError(end.reason) : "none"));
    expect(failures).toEqual(["unknown", "retry"]);
    expect(server.calls).toEqual([1]);
  });

  it("gives a call as much longer as the slowest of lines takes to carry it", async () => {
    const server = await startFaultySqs({ call: ["hang"] });
    stops.push(() => void server.stop());
    const { queueUrl } = server;
    const limits = { requestTimeout: 100, slowestLine: 1_000_000, maxSockets: 2 };
    const sqs = directSqs({ queueUrl, ...limits, region: "x", credentials });
    stops.push(() => sqs.destroy());
    const send = (MessageBody: string) =>
      sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries: [{ Id: "0", MessageBody }] });
    const failures: string[] = [];
    const failing = ["x".repeat(200_000), "x"].map((body) =>
      send(body).catch((error: Error) => {
        failures.push(`${body.length}: ${error.message}`);
      }),
    );
    await Promise.all(failing);
    // In the same words, for the log tells of each reason once in a minute.
    expect(failures).toEqual([
      "1: no answer for more than 0.1 seconds",
      "200000: no answer for more than 0.1 seconds",
    ]);
  });

  it("ends what is under way when it is destroyed, whatever that waits for", async () => {
    const server = await startFaultySqs({ call: ["hang"] });
    stops.push(() => void server.stop());
    const sqs = directSqs({
      queueUrl: server.queueUrl,
      requestTimeout: 60_000,
      maxSockets: 1,
      region: "x",
      credentials,
    });
    const call = sqs.sendMessageBatch({ QueueUrl: "x", Entries: [{ Id: "0", MessageBody: "x" }] });
    const late = expect(call).rejects.toThrow("closed");
    await expect.poll(() => server.calls).toEqual([1]);
    sqs.destroy();
    await late;
    await expect(sqs.getQueueAttributes({ QueueUrl: "x" })).rejects.toThrow("closed");
  });

  it("keeps no connection that has been idle for as long as a call may take: its other end may be gone", async () => {
    const closed = Promise.withResolvers<void>();
    const { calls, origin } = await endpointThat(({ request }) => {
      request.socket.once("close", closed.resolve);
      return { body: {} };
    });
    const access = { queueUrl: `${origin}/1/postern`, requestTimeout: 200, maxSockets: 1, region: "x" };
    const sqs = directSqs({ ...access, credentials });
    stops.push(() => sqs.destroy());
    for (let call = 0; call < 2; call += 1) await sqs.getQueueAttributes({ QueueUrl: "x" });
    expect(new Set(calls.map(({ request }) => request.socket)).size).toBe(1);
    await closed.promise;
  });
});
