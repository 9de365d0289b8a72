import type { Health } from "../actions/health.ts";
import type { Queue } from "../queue/queue.ts";
import type { SqsAccess } from "../queue/sqs-api.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import type { ServeSettings } from "./serve-settings.ts";

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

/**
 * Only what is needed is loaded: with a spool, what speaks to SQS would take this thread's memory for nothing.
 *
 * @throws {Error} with one line for the operator
 */
export async function openQueue(options: OpenQueueOptions): Promise<OpenQueue> {
  const { spool } = options.settings;
  if (spool === undefined) return (await import("./direct-queue.ts")).openDirectQueue(options);
  return (await import("./spooled-queue.ts")).openSpooledQueue(spool, options);
}
