import { openSpool } from "../../../lib/queue/spool/open-spool.ts";
import { numberedMessage } from "../../support/messages.ts";

// Pushes without end and writes each acknowledged id, a line each, until it is killed.
const [directory = "", queueUrl = "", first = ""] = process.argv.slice(2);
const { spool } = await openSpool({
  directory,
  limit: 1_073_741_824,
  remember: { time: 86_400_000, limit: 1_000_000 },
  queue: {
    queueUrl,
    requestTimeout: 500,
    maxSockets: 4,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  },
  observe: () => {},
});
let number = Number(first);
async function pushOn(): Promise<void> {
  for (;;) {
    const message = numberedMessage(number, "M0ZDR", "x".repeat(200));
    number += 1;
    await spool.push(message, performance.now() + 5_000);
    process.stdout.write(`${message.id}\n`);
  }
}
for (let pusher = 0; pusher < 32; pusher += 1) void pushOn();
