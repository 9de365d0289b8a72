import type { Clock } from "../../message/clock.ts";
import type { QueueObserver } from "../../queue/queue-observer.ts";
import type { Logger } from "./logger.ts";
import { onceAMinute } from "./once-a-minute.ts";

/** Tells the operator of messages that are sent again while their senders wait: in an outage, each a dozen times. */
export function retryLog(log: Logger, clock: Pick<Clock, "monotonic">): Required<QueueObserver>["onRetry"] {
  const isDue = onceAMinute(clock);
  return (entries, delay, { message: reason }) => {
    if (isDue()) log.warn({ entries, delay: Math.round(delay), reason }, "sending again");
  };
}
