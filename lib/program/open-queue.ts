import type { Health } from "../actions/health.ts";
import { systemClock } from "../message/clock.ts";
import { directSqs } from "../queue/direct-sqs.ts";
import type { Queue } from "../queue/queue.ts";
import { QueueError } from "../queue/queue-error.ts";
import {
  assumedLimits,
  type KnownQueue,
  mayOnlySend,
  mixesCallsignsWarning,
  type QueueLimits,
  readLimits,
} from "../queue/queue-limits.ts";
import { openSpool } from "../queue/spool/open-spool.ts";
import type { SpoolObserver } from "../queue/spool/spool-event.ts";
import type { SqsAccess } from "../queue/sqs-api.ts";
import { SqsQueue } from "../queue/sqs-queue.ts";
import { lateLimits } from "./late-limits.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { probedHealth, spoolHealth } from "./queue-health.ts";
import type { ServeSettings } from "./serve-settings.ts";
import { spoolLog } from "./spool-log.ts";
import { watchedQueue } from "./watched-queue.ts";

export interface OpenQueue {
  readonly queue: Queue;
  readonly health: () => Health | Promise<Health>;
}

export interface OpenQueueOptions {
  readonly settings: Pick<ServeSettings, "spool" | "spoolLimit" | "remember" | "rememberLimit">;
  readonly location: SqsAccess;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where what is opened is put, to be closed. */
  readonly resources: AsyncDisposableStack;
  /** Told when the queue cannot go on in this process. */
  readonly onFailure: () => void;
}

/** @throws {Error} with one line for the operator */
export function openQueue(options: OpenQueueOptions): Promise<OpenQueue> {
  const { spool } = options.settings;
  return spool === undefined ? openDirectly(options) : openThroughSpool(spool, options);
}

/** What SQS has not acknowledged is not acknowledged either, so a queue that cannot be reached is reason not to start. */
async function openDirectly(options: OpenQueueOptions): Promise<OpenQueue> {
  const { location, log, metrics, resources } = options;
  const { queueUrl, maxSockets } = location;
  const client = directSqs(location);
  const limits = await limitsOf(options, (error) => {
    if (!mayOnlySend(error)) throw error;
    log.warn({ reason: error.message }, "the queue's own limits may not be read; assuming the largest");
  });
  const queue = new SqsQueue({
    client,
    queueUrl,
    limits,
    clock: systemClock,
    concurrency: maxSockets,
    observer: {
      ...metrics.queue,
      onRetry(entries, delay, error) {
        metrics.queue.onRetry?.(entries, delay, error);
        log.warn({ entries, delay: Math.round(delay), reason: error.message }, "sending again");
      },
    },
  });
  resources.defer(() => queue.close());
  const watched = watchedQueue(queue, systemClock);
  return { queue: watched.queue, health: probedHealth(watched, client, queueUrl, systemClock) };
}

/** An outage is what the spool is for: the program also starts during one. */
async function openThroughSpool(directory: string, options: OpenQueueOptions): Promise<OpenQueue> {
  const { settings, location, log, metrics, resources, onFailure } = options;
  let learn: SpoolObserver = () => {};
  const limits = await limitsOf(options, (error) => {
    log.warn({ reason: error.message }, "the queue could not be asked for its limits; assuming the largest");
    learn = lateLimits(
      () => askOnce(location),
      ({ messageBytes }) => {
        spool.messageBytes = messageBytes;
      },
      systemClock,
    );
  });
  const tell = spoolLog(log, systemClock);
  const spool = await openSpool({
    directory,
    limit: settings.spoolLimit,
    remember: { time: settings.remember, limit: settings.remember === 0 ? 0 : settings.rememberLimit },
    queue: { client: location, limits },
    observe(event) {
      metrics.spool(event);
      tell(event);
      learn(event);
      if (event.event === "failed") onFailure();
    },
  });
  resources.defer(() => spool.close());
  metrics.watchSpool(() => spool.state());
  return { queue: spool, health: () => spoolHealth(spool.state()) };
}

/** @param onUnreadable decides, by throwing or not, whether assumed limits will do */
async function limitsOf(
  { location, log }: Pick<OpenQueueOptions, "location" | "log">,
  onUnreadable: (error: QueueError) => void,
): Promise<QueueLimits> {
  try {
    const limits = await askOnce(location);
    if (limits.mixesCallsigns) log.warn({ queueUrl: location.queueUrl }, mixesCallsignsWarning);
    return limits;
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    onUnreadable(error);
    return assumedLimits(location.queueUrl);
  }
}

async function askOnce(location: SqsAccess): Promise<KnownQueue> {
  const client = directSqs(location);
  try {
    return await readLimits(client, location.queueUrl);
  } finally {
    client.destroy();
  }
}
