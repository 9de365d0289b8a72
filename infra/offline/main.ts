import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Command } from "commander";
import { fail } from "../../lib/cli/fail.ts";
import { runCommandLine } from "../../lib/cli/run-command-line.ts";
import { wholeNumber } from "../../lib/cli/whole-number.ts";
import type { LambdaHandler } from "../../lib/lambda/lambda-handler.ts";
import { startEmbeddedQueue } from "../../lib/program/queue/embedded-queue.ts";
import { tcpListenError } from "../../lib/server/listen-error.ts";
import { deployedFunctions } from "./deployed-functions.ts";
import { startOfflineGateway } from "./offline-gateway.ts";

interface Ports {
  readonly port: number;
  readonly embeddedPort: number;
}

const host = "127.0.0.1";

/**
 * `npm run offline`: the functions behind a gateway of this machine, with a queue of their own. Says when it is ready in the
 * words of `postern serve`.
 */
const command = new Command("npm run offline --")
  .description("Serves the cloud functions on this machine, with an embedded queue of their own.")
  .option("--port <PORT>", "where clients send; port 0 picks one", wholeNumber("--port", 0, 65_535), 8080)
  .option(
    "--embedded-port <PORT>",
    "where the queue listens; port 0 picks one",
    wholeNumber("--embedded-port", 0, 65_535),
    4566,
  )
  .action((ports: Ports) => run(ports).catch(fail));
await runCommandLine(command);

async function run({ port, embeddedPort }: Ports): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const queue = await startEmbeddedQueue({
    port: embeddedPort,
    directory: join(".postern", "offline-queue"),
  });
  resources.defer(() => queue.stop());
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
  const server = await startOfflineGateway({ host, port, functions }).catch((cause: unknown) => {
    throw tcpListenError(host, port, cause);
  });

  const address = server.address() as AddressInfo;
  process.stdout.write(`listening on http://${host}:${address.port}\nqueue ${queue.queueUrl}\nready\n`);

  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  server.close();
  server.closeIdleConnections();
  await once(server, "close");
}
