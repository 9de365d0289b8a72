import { systemClock } from "../../message/clock.ts";
import { QueueError } from "../../queue/queue-error.ts";
import { askQueue } from "../../queue/sqs/asked-queue.ts";
import { directSqs } from "../../queue/sqs/direct-sqs.ts";
import { FreshLimits } from "../../queue/sqs/fresh-limits.ts";
import { QueueClock } from "../../queue/sqs/queue-clock.ts";
import { SqsQueue } from "../../queue/sqs/sqs-queue.ts";
import { clockLog } from "../logs/clock-log.ts";
import { retryLog } from "../logs/retry-log.ts";
import type { OpenedQueue, OpenQueueOptions } from "./opened-queue.ts";
import { probedHealth } from "./queue-health.ts";
import { warnOfQueue } from "./queue-warnings.ts";
import { watchedQueue } from "./watched-queue.ts";

/**
 * The queue itself. What SQS has not acknowledged is not acknowledged either, so that one that cannot be used is reason not to
 * start.
 *
 * @throws {Error} with one line for the operator
 */
export async function openDirectQueue({
  location,
  log,
  metrics,
  resources,
}: OpenQueueOptions): Promise<OpenedQueue> {
  const { queueUrl, maxSockets } = location;
  const clock = new QueueClock();
  const client = directSqs(location, clock);
  const asked = await askQueue(client, queueUrl);
  if (!asked.answered && !asked.mayOnlySend) throw new QueueError("unavailable", asked.reason);
  warnOfQueue(asked, queueUrl, log);
  const tellOfRetry = retryLog(log, systemClock);
  const tellOfClock = clockLog(log, systemClock);
  const compareClocks = () => {
    tellOfClock(clock.error);
    metrics.clockError(clock.error);
  };
  compareClocks();
  const fresh = new FreshLimits({
    asked,
    ask: () => askQueue(client, queueUrl),
    onAnswer: ({ messageBytes }) => {
      queue.messageBytes = messageBytes;
    },
    clock: systemClock,
  });
  const queue = new SqsQueue({
    client,
    queueUrl,
    limits: asked.limits,
    freshen: () => fresh.refresh(),
    clock: systemClock,
    concurrency: maxSockets,
    observer: {
      onBatch(batch) {
        metrics.queue.onBatch?.(batch);
        compareClocks();
      },
      onRetry(entries, delay, error) {
        metrics.queue.onRetry?.(entries, delay, error);
        tellOfRetry(entries, delay, error);
      },
    },
  });
  resources.defer(() => queue.close());
  const watched = watchedQueue(queue, systemClock);
  const onChange = (reason: string | null) => {
    if (reason === null) log.info("the queue can be used again");
    else log.warn({ reason }, "the queue cannot be used");
  };
  return {
    queue: watched.queue,
    health: probedHealth({ pushes: watched, client, queueUrl, clock: systemClock, onChange }),
  };
}
