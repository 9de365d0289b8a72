import type { Clock } from "../message/clock.ts";
import { QueueError } from "../queue/queue-error.ts";
import { mayOnlySend, type QueueLimits } from "../queue/queue-limits.ts";
import type { SpoolObserver } from "../queue/spool/spool-event.ts";

/** Milliseconds between attempts. */
const interval = 10_000;

/**
 * Asks a queue for its limits that could not be asked at the start: as soon as it has taken a message, and from then on
 * until it tells them, or that it may not be asked.
 *
 * @param read rejects as `readLimits` does
 * @returns to be told of what happens in the spool
 */
export function lateLimits(
  read: () => Promise<QueueLimits>,
  onRead: (limits: QueueLimits) => void,
  clock: Clock,
): SpoolObserver {
  let nextAt = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.event !== "sent" || event.stored === 0 || clock.monotonic() < nextAt) return;
    nextAt = clock.monotonic() + interval;
    read().then(
      (limits) => {
        nextAt = Number.POSITIVE_INFINITY;
        onRead(limits);
      },
      (error: unknown) => {
        if (error instanceof QueueError && mayOnlySend(error)) nextAt = Number.POSITIVE_INFINITY;
      },
    );
  };
}
