import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileLockedError } from "../../platform/file-lock.ts";
import { outboundProxy } from "../../platform/outbound-proxy.ts";
import { QueueError } from "../../queue/queue-error.ts";
import { directSqs } from "../../queue/sqs/direct-sqs.ts";
import { QueueClock } from "../../queue/sqs/queue-clock.ts";
import { serverOf } from "../../queue/sqs/queue-endpoint.ts";
import { mayOnlySend, mixesCallsignsWarning, readLimits } from "../../queue/sqs/queue-limits.ts";
import type { SqsAccess } from "../../queue/sqs/sqs-api.ts";
import { embeddedLocation } from "../queue/embedded-location.ts";
import { embeddedAccess, embeddedDirectory, embeddedNotice, locateQueue } from "../queue/queue-location.ts";
import { memoryWarnings } from "../queue/queue-warnings.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";
import { leavingNoFolders } from "./leaving-no-folders.ts";
import { runningNote } from "./running-postern.ts";

type QueueSettings = Pick<ServeSettings, "queueUrl" | "embeddedPort" | "queueTimeout" | "spool" | "remember">;

/** What the log warns of in a queue that can be used all the same is wrong, too: it is the operator's to mend. */
export async function checkQueue(settings: QueueSettings): Promise<string> {
  if (settings.queueUrl === undefined) return `${await embeddedQueue(settings)}; ${embeddedNotice}`;
  await using resources = new AsyncDisposableStack();
  return await askedQueue(await locateQueue(settings, resources), settings);
}

async function embeddedQueue(settings: QueueSettings): Promise<string> {
  await using resources = new AsyncDisposableStack();
  if (!existsSync(embeddedDirectory)) {
    // Read only where it is needed, as for the program.
    const { makeEmbeddedDirectory } = await import("../queue/embedded-queue.ts");
    await leavingNoFolders([embeddedDirectory], () => makeEmbeddedDirectory(embeddedDirectory));
    return await askedQueue(await locateElsewhere(settings, resources), settings);
  }
  try {
    return await askedQueue(await locateQueue(settings, resources), settings);
  } catch (error) {
    // Nobody but a Postern locks it.
    if (!(error instanceof Error && error.cause instanceof FileLockedError)) throw error;
    return `${await besideRunning(settings)} (${runningNote})`;
  }
}

/** The embedded queue on its port, with messages where none will stay. */
async function locateElsewhere(settings: QueueSettings, resources: AsyncDisposableStack): Promise<SqsAccess> {
  const directory = await mkdtemp(join(tmpdir(), "postern-check-"));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  return await locateQueue(settings, resources, directory);
}

/** Its port is that of the running one, or must be free, too. */
async function besideRunning(settings: QueueSettings): Promise<string> {
  await using resources = new AsyncDisposableStack();
  const running = embeddedAccess(embeddedLocation(settings.embeddedPort), settings.queueTimeout);
  try {
    return await askedQueue(running, settings);
  } catch {
    return await askedQueue(await locateElsewhere(settings, resources), settings);
  }
}

async function askedQueue(location: SqsAccess, settings: QueueSettings): Promise<string> {
  const { queueUrl } = location;
  const clock = new QueueClock();
  const client = directSqs(location, clock);
  try {
    const { messageBytes, fifo, mixesCallsigns } = await readLimits(client, queueUrl);
    const proxy = outboundProxy(serverOf(location));
    const way = proxy === undefined ? "" : `, through the proxy ${proxy.host}`;
    const found = `${queueUrl}, ${fifo ? "FIFO" : "standard"}, messages up to ${messageBytes} bytes${way}`;
    return withoutWarnings(found, [
      ...(mixesCallsigns ? [mixesCallsignsWarning] : []),
      ...memoryWarnings(fifo, settings),
      ...clockWarnings(clock.error),
    ]);
  } catch (error) {
    if (!(error instanceof QueueError && mayOnlySend(error))) throw error;
    const found = `${queueUrl} answers, but may not be asked for its attributes (sqs:GetQueueAttributes); only the first message will show whether it may be sent to`;
    return withoutWarnings(found, clockWarnings(clock.error));
  } finally {
    client.destroy();
  }
}

function withoutWarnings(found: string, warnings: readonly string[]): string {
  if (warnings.length > 0) throw new Error([found, ...warnings].join("; "));
  return found;
}

/** @param error milliseconds by which this machine's clock is ahead of the queue's; 0 where it may be right */
function clockWarnings(error: number): readonly string[] {
  if (error === 0) return [];
  const [seconds, direction] = [Math.round(Math.abs(error) / 1_000), error > 0 ? "ahead of" : "behind"];
  return [
    `this machine's clock is ${seconds} s ${direction} the queue's, and the times of all messages are wrong by as much`,
  ];
}
