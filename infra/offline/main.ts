import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { LambdaHandler } from "../../lib/lambda/lambda-handler.ts";
import { startEmbeddedQueue } from "../../lib/program/embedded-queue.ts";
import { deployedFunctions } from "./deployed-functions.ts";
import { startOfflineGateway } from "./offline-gateway.ts";

/**
 * `npm run offline`: the functions behind a gateway of this machine, with a queue of their own. Says when it is ready in the
 * words of `postern serve`.
 */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8080" },
    "embedded-port": { type: "string", default: "4566" },
  },
});

const queue = await startEmbeddedQueue({
  port: Number(values["embedded-port"]),
  directory: join(".postern", "queue"),
});
// What Lambda sets. The functions read it when they are loaded.
Object.assign(process.env, {
  QUEUE_URL: queue.queueUrl,
  AWS_REGION: queue.region,
  AWS_ACCESS_KEY_ID: queue.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: queue.credentials.secretAccessKey,
});
const functions = await Promise.all(
  (await deployedFunctions()).map(async ({ name, routes }) => {
    const { handler }: { handler: LambdaHandler } = await import(`../../functions/${name}.ts`);
    return { name, routes, handler };
  }),
);
const server = await startOfflineGateway({ host: "127.0.0.1", port: Number(values.port), functions });

const { port } = server.address() as AddressInfo;
process.stdout.write(`listening on http://127.0.0.1:${port}\nqueue ${queue.queueUrl}\nready\n`);

await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
server.close();
server.closeIdleConnections();
await once(server, "close");
await queue.stop();
