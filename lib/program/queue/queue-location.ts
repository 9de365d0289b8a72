import { join } from "node:path";
import type { SqsAccess } from "../../queue/sqs/sqs-api.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";

/** Calls to SQS under way at once. */
const maxSockets = 8;

/**
 * Where the queue is and how to get there. Starts the embedded one where no other is set.
 *
 * @param resources where what it starts is put, to be stopped
 */
export async function locateQueue(
  settings: ServeSettings,
  resources: AsyncDisposableStack,
): Promise<SqsAccess> {
  const { queueUrl, embeddedPort, queueTimeout: requestTimeout } = settings;
  if (queueUrl !== undefined) return { queueUrl, requestTimeout, maxSockets };
  // Read only where it is needed, for the memory and the time that it takes.
  const { startEmbeddedQueue } = await import("./embedded-queue.ts");
  const embedded = await startEmbeddedQueue({ port: embeddedPort, directory: join(".postern", "queue") });
  resources.defer(() => embedded.stop());
  const { endpoint, region, credentials } = embedded;
  return { queueUrl: embedded.queueUrl, endpoint, requestTimeout, maxSockets, region, credentials };
}
