import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { actions } from "../actions/actions.ts";
import { InsertApplication } from "../application/insert-application.ts";
import { systemClock } from "../message/clock.ts";
import type { Queue } from "../queue/queue.ts";
import type { QueueObserver } from "../queue/queue-observer.ts";
import { CompactLogFormatter } from "./compact-log-formatter.ts";
import { type LambdaHandler, lambdaHandler } from "./lambda-handler.ts";
import { RequestTelemetry } from "./request-telemetry.ts";

/**
 * An ALB takes answers of 1 MB, all other gateways more: that is the receipt of about 8,000. A dry run shows the messages as well:
 * of its answers an ALB takes those of up to about 2,500.
 */
const maxMessages = 5_000;

/**
 * What every function shares, wired once for an environment's life. Each knows all actions, so that each can list them;
 * the queue that it is given decides whether it can insert.
 *
 * - `POSTERN_PREFIX`: path under which a gateway serves the actions, where its events do not say so themselves.
 * - `POWERTOOLS_METRICS_NAMESPACE`: default `Postern`.
 * - `POWERTOOLS_LOG_LEVEL`: default `INFO`; where Lambda sets a level itself, that counts.
 */
export function insertFunction(openQueue: (observer: QueueObserver) => Queue): LambdaHandler {
  const logger = new Logger({ logFormatter: new CompactLogFormatter() });
  const metrics = new Metrics({ namespace: process.env["POWERTOOLS_METRICS_NAMESPACE"] ?? "Postern" });
  // The namespace tells services and stages apart; a dimension would make every line longer.
  metrics.clearDefaultDimensions();
  const telemetry = new RequestTelemetry({
    logger,
    metrics,
    write: (line) => process.stdout.write(`${line}\n`),
  });
  const handler = new InsertApplication({
    queue: openQueue(telemetry),
    actions,
    clock: systemClock,
    maxMessages,
    onProblem: (problem, request) => telemetry.onProblem(problem, request),
  });
  const prefix = process.env["POSTERN_PREFIX"] ?? "";
  return lambdaHandler({ handler, clock: systemClock, logger, telemetry, prefix });
}
