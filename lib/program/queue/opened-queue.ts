import type { Health } from "../../actions/health.ts";
import type { Queue } from "../../queue/queue.ts";
import type { SqsAccess } from "../../queue/sqs/sqs-api.ts";
import type { Logger } from "../logs/logger.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";

export interface OpenedQueue {
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
  /** Milliseconds in which it is to be closed, once it is. */
  readonly timeToClose: () => number;
  /** Told when the queue cannot go on in this process. */
  readonly onFailure: () => void;
}
