import { hash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

/**
 * The least that is an SQS queue to the SDK (AWS JSON 1.0): it takes messages, one by one or in batches, answers with the MD5s
 * that the SDK checks, and keeps count. `GET /` tells the count, and how many of the bodies differ.
 *
 * Run as a process of its own: `node counting-sqs.ts`; prints its port.
 */
interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}
type Call = Entry & { readonly Entries?: readonly Entry[] };

const bodies = new Set<string>();
let messages = 0;

const server = createServer(async (request, response) => {
  const answer = request.method === "GET" ? counts() : answerTo(target(request), await call(request));
  const text = JSON.stringify(answer);
  response
    .writeHead(200, {
      "content-type": "application/x-amz-json-1.0",
      "content-length": Buffer.byteLength(text),
    })
    .end(text);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : address}\n`);
});

function counts() {
  return { messages, different: bodies.size };
}

function answerTo(action: string, call: Call): object {
  switch (action) {
    case "SendMessage":
      return store(call);
    case "SendMessageBatch":
      return { Successful: call.Entries?.map((entry) => ({ Id: entry.Id, ...store(entry) })), Failed: [] };
    default:
      return {};
  }
}

function store({ MessageBody }: Entry) {
  const md5 = hash("md5", MessageBody);
  bodies.add(md5);
  messages += 1;
  return { MessageId: `${messages}`, MD5OfMessageBody: md5 };
}

function target(request: IncomingMessage): string {
  return String(request.headers["x-amz-target"]).replace("AmazonSQS.", "");
}

async function call(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Call;
}
