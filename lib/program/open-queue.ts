import { join } from "node:path";
import { systemClock } from "../message/clock.ts";
import { QueueError } from "../queue/queue-error.ts";
import { assumedLimits, type QueueLimits, readLimits } from "../queue/queue-limits.ts";
import { sqsClient } from "../queue/sqs-client.ts";
import { SqsQueue } from "../queue/sqs-queue.ts";
import { startEmbeddedQueue } from "./embedded-queue.ts";
import type { Logger } from "./logger.ts";
import type { ServeSettings } from "./serve-settings.ts";

/** Calls to SQS under way at once. */
const concurrency = 8;

/** Where the queue is and how to get there. Whatever it starts is put on `resources`. */
export async function openQueue(settings: ServeSettings, log: Logger, resources: AsyncDisposableStack) {
  const embedded = settings.queueUrl === undefined ? await embeddedQueue(settings, resources) : undefined;
  const queueUrl = settings.queueUrl ?? embedded?.queueUrl ?? "";
  const client = sqsClient({
    queueUrl,
    requestTimeout: settings.queueTimeout,
    maxSockets: concurrency,
    ...(embedded === undefined ? {} : { credentials: embedded.credentials, region: embedded.region }),
  });
  const limits = await limitsOf(client, queueUrl, log);
  const queue = new SqsQueue({
    client,
    queueUrl,
    clock: systemClock,
    limits,
    concurrency,
    observer: {
      onRetry: (entries, delay, error) =>
        log.warn(
          { entries, delay: Math.round(delay), sqs: error.facts.sqsCode, reason: error.message },
          "sending again",
        ),
    },
  });
  resources.defer(() => queue.close());
  return { queue, queueUrl };
}

async function embeddedQueue(settings: ServeSettings, resources: AsyncDisposableStack) {
  const embedded = await startEmbeddedQueue({
    port: settings.embeddedPort,
    directory: join(".postern", "queue"),
  });
  resources.defer(() => embedded.stop());
  return embedded;
}

/** A program that may only send learns nothing of its queue, and needs not to. */
async function limitsOf(
  client: Parameters<typeof readLimits>[0],
  queueUrl: string,
  log: Logger,
): Promise<QueueLimits> {
  try {
    return await readLimits(client, queueUrl);
  } catch (error) {
    if (!(error instanceof QueueError) || !error.facts.sqsCode?.includes("AccessDenied")) throw error;
    log.warn(
      { queueUrl },
      "the queue's own limits may not be read (sqs:GetQueueAttributes); assuming the largest",
    );
    return assumedLimits(queueUrl);
  }
}
