import { collectDefaultMetrics, Registry } from "prom-client";
import type { QueueObserver } from "../../queue/queue-observer.ts";
import type { SpoolObserver } from "../../queue/spool/spool-event.ts";
import type { SpoolState } from "../../queue/spool/spool-state.ts";
import type { ConnectionObserver } from "../../server/connection-observer.ts";
import { bodyMetrics, requestMetrics } from "./request-metrics.ts";
import { spoolMetrics, spoolStateMetrics } from "./spool-metrics.ts";
import { sqsMetrics } from "./sqs-metrics.ts";

/** What is counted for Prometheus. Every label has a bounded set of values, whatever clients send. */
export interface Metrics {
  readonly registry: Registry;
  readonly queue: QueueObserver;
  /** By so many milliseconds this machine's clock is ahead of the queue's; 0 where it may be right. */
  readonly clockError: (milliseconds: number) => void;
  /** Told of what happens in the spool. */
  readonly spool: SpoolObserver;
  /**
   * Counts what the observer is told.
   *
   * @param actions the names that may stand in a label; any other path is `other`
   */
  watchRequests(actions: readonly string[]): ConnectionObserver;
  /** Asks how many bytes the requests in flight hold whenever the metrics are read. */
  watchBodies(held: () => number): void;
  /**
   * Asks the spool for its state whenever the metrics are read.
   *
   * @param limit bytes that it may take
   */
  watchSpool(state: () => SpoolState, limit: number): void;
}

export function makeMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const sqs = sqsMetrics(registry);
  return {
    registry,
    queue: {
      onBatch: ({ entries, milliseconds }) => sqs.called(entries, milliseconds),
      onRetry: (entries) => sqs.retried(entries),
    },
    clockError: sqs.clockError,
    spool: spoolMetrics(registry, sqs),
    watchRequests: (actions) => requestMetrics(registry, actions),
    watchBodies: (held) => bodyMetrics(registry, held),
    watchSpool: (state, limit) => spoolStateMetrics(registry, state, limit),
  };
}
