import { acceptMessage } from "../../../lib/message/accept-message.ts";

/**
 * The least that a gateway does with many messages: parses their JSON and validates each. For every JSON array that it is
 * sent as text it tells the microseconds of CPU that this took, in all threads of this process.
 *
 * Run as a child with an IPC channel.
 */
process.on("message", (body: Uint8Array) => {
  const before = process.cpuUsage();
  const uploads: readonly unknown[] = JSON.parse(Buffer.from(body).toString());
  const messages = uploads.map((upload) => acceptMessage(upload, { ip: "127.0.0.1", now: Date.now() }));
  const { user, system } = process.cpuUsage(before);
  process.send?.({ messages: messages.length, microseconds: user + system });
});
