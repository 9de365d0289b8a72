import type { InsertRequest } from "../../application/insert-request.ts";
import type { Problem } from "../../application/problem.ts";
import type { Clock } from "../../message/clock.ts";
import { QueueError } from "../../queue/queue-error.ts";
import type { Logger } from "./logger.ts";
import { onceAMinute } from "./once-a-minute.ts";

/**
 * Tells the operator why a request failed by our fault: the client was not told. In an outage that is one reason for many
 * requests. A client's own mistake is one line in the request log.
 */
export function problemLog(
  log: Logger,
  clock: Pick<Clock, "monotonic">,
): (problem: Problem, request: InsertRequest) => void {
  const isDue = onceAMinute(clock);
  return (problem, request) => {
    if (problem.status < 500) return;
    const { cause } = problem;
    if (cause instanceof QueueError) {
      if (!isDue(cause.message)) return;
      log.error(
        { id: request.id, code: problem.code, reason: cause.message, sqs: cause.sqsCode },
        "not stored",
      );
    } else {
      log.error({ id: request.id, code: problem.code, err: cause }, "failed");
    }
  };
}
