import type { AskedQueue } from "../../queue/sqs/asked-queue.ts";
import { mixesCallsignsWarning } from "../../queue/sqs/queue-limits.ts";
import type { Logger } from "../logs/logger.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";

/** Milliseconds for which a FIFO queue drops what comes under a deduplication id that it knows. */
const fifoMemory = 300_000;

const shortMemoryWarning =
  "with --remember below 5m another message may be accepted under a key that the FIFO queue still knows, and then be dropped by it";

/** For the operator of a spool that forgets keys before its queue does: without one the queue's five minutes are kept. */
export function memoryWarnings(
  fifo: boolean,
  { spool, remember }: Pick<ServeSettings, "spool" | "remember">,
): readonly string[] {
  return fifo && spool !== undefined && remember < fifoMemory ? [shortMemoryWarning] : [];
}

/** Tells the operator what is wrong with a queue that can be used all the same. */
export function warnOfQueue(asked: AskedQueue, queueUrl: string, log: Logger): void {
  if (!asked.answered) {
    log.warn({ reason: asked.reason }, "the queue could not be asked for its limits; assuming the largest");
  } else if (asked.limits.mixesCallsigns) {
    log.warn({ queueUrl }, mixesCallsignsWarning);
  }
}
