import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import fastify from "fastify";
import * as z from "zod";

/**
 * The peer: what most would write. Fastify, a zod schema, and one `SendMessage` for each request with the stock SDK. No log,
 * no metrics, nothing on disk. Run as a process of its own: `node one-by-one.ts SOCKET QUEUE_URL`.
 */
const [, , socket = "", queueUrl = ""] = process.argv;
const client = new SQSClient({ endpoint: new URL(queueUrl).origin });

const upload = z.object({
  callsign: z.string().regex(/^[A-Za-z0-9/_-]+$/),
  type: z.enum(["RECEIVED_TELEM", "LISTENER_INFO", "LISTENER_TELEM"]),
  time_created: z.coerce.number().int(),
  time_uploaded: z.coerce.number().int(),
  data: z.object({ string: z.base64(), frequency: z.number().nonnegative().optional() }),
});

const app = fastify();
app.post("/message", async (request, reply) => {
  const parsed = upload.safeParse(request.body);
  if (!parsed.success) return reply.code(400).send({ detail: z.prettifyError(parsed.error) });
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(parsed.data) }));
  return reply.type("text/plain").send("OK");
});
await app.listen({ path: socket });
process.stdout.write("ready\n");
