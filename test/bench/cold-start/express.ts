import express from "express";
import serverless from "serverless-http";
import { sendMessage } from "./send-message.ts";
import { uploadSchema } from "./upload-schema.ts";

const app = express();
app.use(express.json());
app.post("/message", async (request, response) => {
  const parsed = uploadSchema.safeParse(request.body);
  if (!parsed.success) {
    response.status(400).json({ issues: parsed.error.issues });
    return;
  }
  await sendMessage(JSON.stringify(parsed.data));
  response.type("text/plain").send("OK");
});

export const handler = serverless(app);
