import { createHash, createHmac, createSecretKey, getFips, hash } from "node:crypto";
import { setMaxListeners } from "node:events";
import type {
  GetQueueAttributesResult,
  SendMessageBatchRequest,
  SendMessageBatchResult,
} from "@aws-sdk/client-sqs";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from "@smithy/core/config";
import { HttpRequest } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import { OutboundHttpsAgent } from "../../platform/outbound-agent.ts";
import { sqsCode } from "./classify-error.ts";
import { HttpPool } from "./http-pool.ts";
import { listed } from "./listed.ts";
import { Patience } from "./patience.ts";
import { QueueClock, skewTolerated } from "./queue-clock.ts";
import { handlerTimeouts, regionOf, serverOf } from "./queue-endpoint.ts";
import { readAnswer, SqsCallError } from "./read-answer.ts";
import type { SqsAccess, SqsApi } from "./sqs-api.ts";

/**
 * The two calls of a gateway in SQS's own protocol, AWS JSON 1.0
 * (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html), on the SDK's own parts: credentials, region and
 * signature are its matter. The generated client is left out, which takes more time for a batch than all of these together,
 * and more memory than the rest of the program; and so is its HTTP handler, which adds half as much again to Node's.
 *
 * @param clock is told of every answer; may be shared
 */
export function directSqs(access: SqsAccess, clock = new QueueClock()): SqsApi {
  const { queueUrl, requestTimeout, slowestLine = Number.POSITIVE_INFINITY, maxSockets } = access;
  const endpoint = serverOf(access);
  const timeouts = handlerTimeouts(requestTimeout);
  const httpsAgent = new OutboundHttpsAgent({ tunnelTimeout: timeouts.connectionTimeout });
  const requestHandler = { ...timeouts, httpsAgent };
  // Keys may come after the program, in files that were not there: what was read of them is not to be remembered.
  const provider = () => defaultProvider({ clientConfig: { requestHandler }, ignoreCache: true });
  let provide = provider();
  let nextLook = 0;
  const credentials = access.credentials ?? (() => provide());
  const pool = new HttpPool({
    origin: endpoint.origin,
    connections: maxSockets,
    connectTimeout: timeouts.connectionTimeout,
    // Where the network went away under idle connections, nobody is at their other end when it is back, and each would
    // cost a call its whole time. So none is kept for longer than that.
    idleTimeout: requestTimeout,
  });
  const region = access.region ?? regionOf(queueUrl) ?? sdkRegion();
  const signer = new SignatureV4({ service: "sqs", region, credentials, sha256: NodeSha256 });

  const destroyed = new AbortController();
  setMaxListeners(0, destroyed.signal);

  /**
   * Once more where the queue refused it, so that nothing was stored, and its answer was the first to show that this machine's clock
   * is wrong: the signature was dated by that.
   */
  async function call(action: string, request: object, abortSignal?: AbortSignal): Promise<object> {
    const { offset } = clock;
    try {
      return await callOnce(action, request, abortSignal);
    } catch (error) {
      if (!isRefusal(error) || Math.abs(clock.offset - offset) <= skewTolerated) throw error;
      return await callOnce(action, request, abortSignal);
    }
  }

  async function callOnce(action: string, request: object, abortSignal?: AbortSignal): Promise<object> {
    const giveUps = abortSignal === undefined ? [destroyed.signal] : [destroyed.signal, abortSignal];
    for (const signal of giveUps) signal.throwIfAborted();
    const text = JSON.stringify(request);
    const signedBy = provide;
    const onTheLine = Math.round((text.length / slowestLine) * 1_000);
    const patience = new Patience(requestTimeout, onTheLine, giveUps);
    try {
      const { path, headers, body } = await sign(action, text, patience);
      patience.awaited = "answer";
      const askedAt = performance.now();
      const answer = await pool.post({ path, headers, body }, patience.signal);
      clock.hear(answer.headers, performance.now() - askedAt);
      return readAnswer(answer);
    } catch (error) {
      // They were replaced, or have expired by the queue's clock: who keeps them would keep them for ever.
      if (credentialsRefused.test(sqsCode(error))) lookAgain(signedBy);
      throw error;
    } finally {
      patience.end();
    }
  }

  /** Those that others have looked for meanwhile are kept; and whoever gives them out is not asked by each call. */
  function lookAgain(refused: typeof provide): void {
    if (provide !== refused || performance.now() < nextLook) return;
    provide = provider();
    nextLook = performance.now() + betweenLooks;
  }

  async function sign(action: string, body: string, patience: Patience) {
    patience.awaited = "credentials";
    const signingDate = clock.now();
    try {
      const { path, headers } = await patience.outlast(
        signer.sign(httpRequest(endpoint, action, body), { signingDate }),
      );
      return { path, headers, body };
    } catch (error) {
      // Who hangs once is asked no more: every call would wait for the same answer.
      if (patience.signal.aborted) provide = provider();
      throw error;
    }
  }

  return {
    async sendMessageBatch(request, abortSignal) {
      const result = (await call("SendMessageBatch", request, abortSignal)) as SendMessageBatchResult;
      return { Failed: result.Failed, Successful: verified(request, result) };
    },
    async getQueueAttributes(request) {
      return (await call("GetQueueAttributes", request)) as GetQueueAttributesResult;
    },
    destroy() {
      destroyed.abort(new Error("the client was closed"));
      pool.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Milliseconds from one look for other credentials to the next. */
const betweenLooks = 5_000;

function isRefusal(error: unknown): boolean {
  const status = error instanceof SqsCallError ? error.$metadata.httpStatusCode : 0;
  return status >= 400 && status < 500;
}

/** What SQS says of keys that it does not know, or no more, or of a signature by a secret that has changed. */
const credentialsRefused =
  /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|InvalidSecurity|InvalidSignature|SignatureDoesNotMatch/;

/** The environment's, else that of the profile in the shared files. */
function sdkRegion() {
  return loadConfig<string>(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS);
}

function httpRequest(endpoint: URL, action: string, body: string): HttpRequest {
  const { protocol, hostname, port, host, pathname } = endpoint;
  return new HttpRequest({
    method: "POST",
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    path: pathname,
    headers: {
      host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AmazonSQS.${action}`,
      "user-agent": "postern",
    },
    body,
  });
}

/**
 * Those that SQS has got as they were sent. Of the others nothing is known, and so nothing is said. OpenSSL in FIPS mode
 * has no MD5 to tell them by.
 */
function verified({ Entries = [] }: SendMessageBatchRequest, result: SendMessageBatchResult) {
  const successful = [...listed(result.Successful)];
  if (getFips() === 1) return successful;
  const bodies = new Map(Entries.map(({ Id, MessageBody = "" }) => [Id, MessageBody]));
  return successful.filter(
    ({ Id, MD5OfMessageBody }) => MD5OfMessageBody === hash("md5", bodies.get(Id) ?? ""),
  );
}

/** What the signature hashes with: SHA-256, or its HMAC where there is a secret. */
class NodeSha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.#hash = createHash("sha256");
    else if (typeof secret === "string") this.#hash = createHmac("sha256", secret);
    // Of bytes Node finds out by an exception that they are no key: five times the cost of making one of them.
    else this.#hash = createHmac("sha256", createSecretKey(secret as Uint8Array));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error("a hash serves once");
  }
}
