import { hash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { seededRandom } from "./random.ts";

/**
 * What the endpoint does with one call. `…_stored` keeps the messages first, and only the answer fails: `cut`, `stall` and
 * `drip` begin a good one, then break the connection, say no more, or go on with a space at a time.
 */
type CallFault =
  | "none"
  | "throttled"
  | "denied"
  | "error"
  | "error_stored"
  | "reset"
  | "reset_stored"
  | "hang"
  | "hang_stored"
  | "cut_stored"
  | "stall_stored"
  | "drip_stored";
type EntryFault = "none" | "sender" | "internal" | "missing" | "missing_stored";

/** Every fault of an entry, among as many that have none. */
export const entryFaults: readonly EntryFault[] = [
  ...(["none", "none", "none"] as const),
  ...(["sender", "internal", "missing", "missing_stored"] as const),
];

export interface FaultySqs {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** Bodies in the order in which they were kept; a body twice where it was sent twice. */
  readonly stored: readonly string[];
  /** Entries of each call. */
  readonly calls: readonly number[];
  stop(): Promise<void>;
}

interface Faults {
  readonly call?: readonly CallFault[];
  readonly entry?: readonly EntryFault[];
  readonly seed?: number;
  readonly queueName?: string;
  /** What it says of itself, which is not counted as a call and has no faults; null for an answer as to any other. Default: {}. */
  readonly attributes?: Readonly<Record<string, string>> | null;
  /** Default: any that is free. */
  readonly port?: number;
  /** Milliseconds by which its clock is ahead of this machine's. Default: 0. */
  readonly clockAhead?: number;
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

/**
 * An SQS endpoint (AWS JSON 1.0) that takes every action for SendMessageBatch, and fails at it in every way in which SQS and
 * the network can, drawn by seed from the faults it is given. It keeps books of what it really stored.
 */
export async function startFaultySqs(faults: Faults = {}): Promise<FaultySqs> {
  const {
    call = ["none"],
    entry = ["none"],
    seed = 1,
    queueName = "postern",
    port = 0,
    attributes = {},
    clockAhead = 0,
  } = faults;
  const random = seededRandom(seed);
  const draw = <Fault>(from: readonly Fault[]) => from[Math.floor(random() * from.length)];
  const stored: string[] = [];
  const calls: number[] = [];

  const server = createServer(async (request, response) => {
    if (clockAhead !== 0) response.setHeader("date", new Date(Date.now() + clockAhead).toUTCString());
    if (request.headers["x-amz-target"] === "AmazonSQS.GetQueueAttributes" && attributes !== null) {
      return answer(response, 200, { Attributes: attributes });
    }
    const { Entries = [] } = (await json(request)) as { Entries?: readonly Entry[] };
    calls.push(Entries.length);
    const fault = draw(call);
    if (fault?.endsWith("_stored")) stored.push(...Entries.map(({ MessageBody }) => MessageBody));
    switch (fault) {
      case "throttled":
        return fail(response, 400, "com.amazonaws.sqs#RequestThrottled");
      case "denied":
        return fail(response, 403, "com.amazonaws.sqs#AccessDeniedException");
      case "error":
      case "error_stored":
        return fail(response, 500, "com.amazonaws.sqs#InternalError");
      case "reset":
      case "reset_stored":
        return request.socket.resetAndDestroy();
      case "hang":
      case "hang_stored":
        return;
      case "cut_stored":
        begin(response);
        return setImmediate(() => request.socket.destroy());
      case "stall_stored":
        return begin(response);
      case "drip_stored":
        return drip(response);
      default:
        answer(
          response,
          200,
          batchResult(Entries, () => draw(entry) ?? "none", stored),
        );
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    queueUrl: `${endpoint}/000000000000/${queueName}`,
    stored,
    calls,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function drip(response: ServerResponse): void {
  begin(response);
  const dripping = setInterval(() => response.write(" "), 10);
  response.on("close", () => clearInterval(dripping));
}

function batchResult(entries: readonly Entry[], fault: () => EntryFault, stored: string[]) {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const { Id, MessageBody } of entries) {
    const drawn = fault();
    if (drawn === "none" || drawn === "missing_stored") stored.push(MessageBody);
    if (drawn === "none") Successful.push({ Id, MessageId: Id, MD5OfMessageBody: hash("md5", MessageBody) });
    if (drawn === "sender")
      Failed.push({ Id, SenderFault: true, Code: "InvalidMessageContents", Message: "no" });
    if (drawn === "internal")
      Failed.push({ Id, SenderFault: false, Code: "InternalError", Message: "later" });
  }
  return { Successful, Failed };
}

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** Only the beginning of an answer. */
function begin(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).write('{"Successful":[');
}

function fail(response: ServerResponse, status: number, type: string): void {
  answer(response, status, { __type: type, message: "injected" });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
}
