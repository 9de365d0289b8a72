import awsLambdaFastify from "@fastify/aws-lambda";
import fastify from "fastify";
import { sendMessage } from "./send-message.ts";
import { uploadSchema } from "./upload-schema.ts";

const app = fastify();
app.post("/message", async (request, reply) => {
  const parsed = uploadSchema.safeParse(request.body);
  if (!parsed.success) return reply.code(400).send({ issues: parsed.error.issues });
  await sendMessage(JSON.stringify(parsed.data));
  return reply.type("text/plain").send("OK");
});

export const handler = awsLambdaFastify(app);
await app.ready();
