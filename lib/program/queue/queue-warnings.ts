import type { AskedQueue } from "../../queue/sqs/asked-queue.ts";
import { mixesCallsignsWarning } from "../../queue/sqs/queue-limits.ts";
import type { Logger } from "../logs/logger.ts";

/** Tells the operator what is wrong with a queue that can be used all the same. */
export function warnOfQueue(asked: AskedQueue, queueUrl: string, log: Logger): void {
  if (!asked.answered) {
    log.warn({ reason: asked.reason }, "the queue could not be asked for its limits; assuming the largest");
  } else if (asked.limits.mixesCallsigns) {
    log.warn({ queueUrl }, mixesCallsignsWarning);
  }
}
