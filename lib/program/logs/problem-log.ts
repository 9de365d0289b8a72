import type { InsertRequest } from "../../application/insert-request.ts";
import type { Problem } from "../../application/problem.ts";
import { QueueError } from "../../queue/queue-error.ts";
import type { Logger } from "./logger.ts";

/** Tells the operator why a request failed by our fault: the client was not told. A client's own mistake is one line in the request log. */
export function problemLog(log: Logger): (problem: Problem, request: InsertRequest) => void {
  return (problem, request) => {
    if (problem.status < 500) return;
    const { cause } = problem;
    if (cause instanceof QueueError) {
      log.error(
        { id: request.id, code: problem.code, reason: cause.message, sqs: cause.facts.sqsCode },
        "not stored",
      );
    } else {
      log.error({ id: request.id, code: problem.code, err: cause }, "failed");
    }
  };
}
