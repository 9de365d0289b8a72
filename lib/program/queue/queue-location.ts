import { join } from "node:path";
import type { SqsAccess } from "../../queue/sqs/sqs-api.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";
import type { EmbeddedLocation } from "./embedded-location.ts";

/** Calls to SQS under way at once. */
const maxSockets = 8;

/** Where the embedded queue keeps its messages. */
export const embeddedDirectory = join(".postern", "queue");

/** What an operator should know who meant to set another: the messages are kept, but nobody may be looking for them there. */
export const embeddedNotice =
  "no QUEUE_URL is set: messages go to the embedded queue, which is for trying things out";

/**
 * Where the queue is and how to get there. Starts the embedded one where no other is set.
 *
 * @param resources where what it starts is put, to be stopped
 * @param directory of the embedded one
 */
export async function locateQueue(
  settings: Pick<ServeSettings, "queueUrl" | "embeddedPort" | "queueTimeout">,
  resources: AsyncDisposableStack,
  directory = embeddedDirectory,
): Promise<SqsAccess> {
  const { queueUrl, embeddedPort, queueTimeout: requestTimeout } = settings;
  if (queueUrl !== undefined) return { queueUrl, requestTimeout, maxSockets };
  // Read only where it is needed, for the memory and the time that it takes.
  const { startEmbeddedQueue } = await import("./embedded-queue.ts");
  const embedded = await startEmbeddedQueue({ port: embeddedPort, directory });
  resources.defer(() => embedded.stop());
  return embeddedAccess(embedded, requestTimeout);
}

/** @param requestTimeout milliseconds for one call */
export function embeddedAccess(location: EmbeddedLocation, requestTimeout: number): SqsAccess {
  const { queueUrl, endpoint, region, credentials } = location;
  return { queueUrl, endpoint, requestTimeout, maxSockets, region, credentials };
}
