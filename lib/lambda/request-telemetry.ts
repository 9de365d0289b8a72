import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { InsertRequest } from "../application/insert-request.ts";
import type { Problem } from "../application/problem.ts";
import { QueueError } from "../queue/queue-error.ts";
import type { QueueObserver } from "../queue/queue-observer.ts";
import { metricsLine } from "./metrics-line.ts";

export interface RequestTelemetryOptions {
  readonly logger: Pick<Logger, "info" | "error">;
  readonly metrics: Metrics;
  /** Takes the lines that are metrics too. */
  readonly write: (line: string) => void;
}

/**
 * Calls to the queue that one line tells of at most. A metric has a hundred values at most in the format, and the library would
 * write the line by itself when it has them.
 */
const mostCalls = 99;

/**
 * What an operator learns of each request: one line of under 300 bytes for a successful one, with another 12 for each further call
 * to the queue, and a line more for each 99 of those; nothing of the payload.
 * A line with metrics is the request's log line too.
 *
 * - `Accepted`: messages that the queue has taken.
 * - `BatchSize`: messages in a call to the queue.
 * - `QueueLatency`: milliseconds that a call to the queue took.
 * - `Rejected`, by `reason`: requests answered with a problem, by its code; of several messages, by that of the gravest.
 */
export class RequestTelemetry implements QueueObserver {
  readonly #options: RequestTelemetryOptions;
  /** Calls to the queue since a line with metrics was last written. */
  #calls = 0;

  constructor(options: RequestTelemetryOptions) {
    this.#options = options;
  }

  onBatch({ entries, stored, milliseconds }: Parameters<Required<QueueObserver>["onBatch"]>[0]): void {
    const { metrics } = this.#options;
    if (stored > 0) metrics.addMetric("Accepted", MetricUnit.NoUnit, stored);
    metrics.addMetric("BatchSize", MetricUnit.NoUnit, entries);
    metrics.addMetric("QueueLatency", MetricUnit.NoUnit, Number(milliseconds.toFixed(1)));
    this.#calls += 1;
    if (this.#calls === mostCalls) this.#publish({});
  }

  /** The operator alone learns why a request failed by our fault. */
  onProblem(problem: Problem, { id }: Pick<InsertRequest, "id">): void {
    const { logger, metrics } = this.#options;
    const { status, code, field, cause } = problem;
    if (status >= 500) logger.error("failed", { id, code, ...describe(cause) });
    // Only this metric has the dimension, so what the queue measured has a line of its own.
    this.#publish({ id });
    metrics.addMetric("Rejected", MetricUnit.NoUnit, 1).addDimension("reason", code);
    if (field !== undefined) metrics.addMetadata("field", field);
  }

  answered({ id }: Pick<InsertRequest, "id">, status: number): void {
    if (!this.#publish({ id, status })) this.#options.logger.info("answered", { id, status });
  }

  /** @returns whether there was anything to publish */
  #publish(facts: Readonly<Record<string, string | number>>): boolean {
    const { metrics, write } = this.#options;
    if (!metrics.hasStoredMetrics()) return false;
    write(metricsLine(metrics.serializeMetrics(), facts));
    this.#calls = 0;
    metrics.clearMetrics();
    metrics.clearDimensions();
    metrics.clearMetadata();
    return true;
  }
}

function describe(cause: unknown) {
  if (cause instanceof QueueError) return { reason: cause.message, sqs: cause.sqsCode };
  return cause instanceof Error ? { error: cause } : { reason: String(cause) };
}
