import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { sendMessage } from "./send-message.ts";
import { uploadSchema } from "./upload-schema.ts";

const app = new Hono();
app.post("/message", async (context) => {
  const parsed = uploadSchema.safeParse(await context.req.json());
  if (!parsed.success) return context.json({ issues: parsed.error.issues }, 400);
  await sendMessage(JSON.stringify(parsed.data));
  return context.text("OK");
});

export const handler = handle(app);
