import { once } from "node:events";
import { writeFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import tls from "node:tls";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { classifyCallError, sqsReason } from "../../../lib/queue/sqs/classify-error.ts";
import { directSqs } from "../../../lib/queue/sqs/direct-sqs.ts";
import { outboundAgents } from "../../../lib/queue/sqs/outbound-agents.ts";
import { sqsClient } from "../../../lib/queue/sqs/sqs-client.ts";
import { startProxy, type TestProxy } from "../../support/proxy.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { serverCertificate } from "../../support/tls/certificate.ts";

const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
  <AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
  <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

/** Of the calls that SQS was sent. */
const signedBy: (string | undefined)[] = [];
/** SQS, and STS under its own name. */
const aws = https.createServer(serverCertificate(), async (request, response) => {
  await text(request);
  if (request.headers.host === "gateway.test") return response.end(assumed);
  signedBy.push(/Credential=([A-Z]+)/.exec(request.headers.authorization ?? "")?.[1]);
  return response.end('{"Attributes":{"MaximumMessageSize":"2048"}}');
});
const stops: (() => void)[] = [];
let proxy: TestProxy;

beforeEach(async () => {
  aws.listen(0, "127.0.0.1");
  await once(aws, "listening");
  proxy = await startProxy((aws.address() as AddressInfo).port);
  vi.stubEnv("HTTPS_PROXY", `http://user:secret@${proxy.host}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "STATIC");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  tls.setDefaultCACertificates([serverCertificate().cert.toString()]);
});
afterEach(() => {
  vi.unstubAllEnvs();
  tls.setDefaultCACertificates(tls.getCACertificates("bundled"));
  for (const stop of stops.splice(0)) stop();
  proxy.stop();
  aws.closeAllConnections();
  aws.close();
  signedBy.length = 0;
});

const queueUrl = "https://sqs.us-east-1.test/1/postern";
const access = { queueUrl, requestTimeout: 2_000, maxSockets: 2 };
const call = { QueueUrl: queueUrl };

function connect(requestTimeout = access.requestTimeout) {
  const sqs = directSqs({ ...access, requestTimeout });
  stops.push(() => sqs.destroy());
  return sqs;
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe("directSqs behind a proxy", () => {
  it("reaches the queue through it, on a connection that it keeps", async () => {
    const sqs = connect();
    const found = { Attributes: { MaximumMessageSize: "2048" } };
    expect(await sqs.getQueueAttributes(call)).toEqual(found);
    expect(await sqs.getQueueAttributes(call)).toEqual(found);
    expect(proxy.asked.map(({ target }) => target)).toEqual(["sqs.us-east-1.test:443"]);
    expect(signedBy).toEqual(["STATIC", "STATIC"]);
  });

  it("has its credentials through it too", async () => {
    using directory = temporaryDirectory();
    const file = join(directory.path, "config");
    const role = "role_arn = arn:aws:iam::000000000000:role/gateway\nsource_profile = keys";
    const keys = "aws_access_key_id = any\naws_secret_access_key = any";
    writeFileSync(file, `[profile gateway]\nregion = us-east-1\n${role}\n[profile keys]\n${keys}\n`);
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_CONFIG_FILE", file);
    vi.stubEnv("AWS_PROFILE", "gateway");
    vi.stubEnv("AWS_ENDPOINT_URL_STS", "https://gateway.test");
    await connect().getQueueAttributes(call);
    expect(proxy.asked.map(({ target }) => target)).toEqual(["gateway.test:443", "sqs.us-east-1.test:443"]);
    expect(signedBy).toEqual(["ASSUMED"]);
  });

  it("knows that nothing was sent while the proxy gives no connection", async () => {
    const sqs = connect(200);
    for (const fate of [503, "break", "silence", "silence_behind"] as const) {
      proxy.fate = fate;
      expect(classifyCallError(await failureOf(sqs.getQueueAttributes(call)))).toBe("retry");
    }
    expect(signedBy).toEqual([]);
    proxy.fate = "reach";
    await connect().getQueueAttributes(call);
    expect(signedBy).toEqual(["STATIC"]);
  });

  it("tells the operator what the proxy says, but no password", async () => {
    proxy.fate = 407;
    const failure = await failureOf(connect().getQueueAttributes(call));
    expect(classifyCallError(failure)).toBe("unavailable");
    expect(sqsReason(failure)).toBe(
      `the proxy ${proxy.host} answers 407 Proxy Authentication Required to a tunnel to sqs.us-east-1.test:443`,
    );
  });

  it("refuses a proxy that it cannot use before anything is asked", () => {
    vi.stubEnv("HTTPS_PROXY", "socks5://proxy.example");
    expect(() => connect()).toThrow("HTTPS_PROXY must be the URL of an HTTP proxy");
  });
});

describe("sqsClient behind a proxy", () => {
  it("reaches the queue through it", async () => {
    const client = sqsClient(access, outboundAgents(access, { keepAlive: true }));
    stops.push(() => client.destroy());
    const command = new GetQueueAttributesCommand(call);
    expect(await client.send(command)).toMatchObject({ Attributes: { MaximumMessageSize: "2048" } });
    expect(proxy.asked.map(({ target }) => target)).toEqual(["sqs.us-east-1.test:443"]);
  });
});
