import type { Clock } from "../../message/clock.ts";
import type { SpoolEvent, SpoolObserver } from "../../queue/spool/spool-event.ts";
import type { AskedQueue } from "../../queue/sqs/asked-queue.ts";
import type { KnownQueue } from "../../queue/sqs/queue-limits.ts";

/** Milliseconds between two times that the queue is asked. */
const interval = 10_000;

/**
 * Asks a queue for its limits again: when it could not tell them at the start, as soon as it has taken a message; and whenever
 * they cost somebody a message, since its owner may have changed them meanwhile. Not where it may not be asked.
 *
 * @param asked what it said at the start
 * @param onAnswer told of each answer that has limits
 * @returns to be told of what happens in the spool
 */
export function freshLimits(
  asked: AskedQueue,
  ask: () => Promise<AskedQueue>,
  onAnswer: (limits: KnownQueue) => void,
  clock: Pick<Clock, "monotonic">,
): SpoolObserver {
  let answered = asked.answered;
  let nextAt = mayNotBeAsked(asked) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return (event) => {
    if (!isReason(event, answered)) return;
    if (clock.monotonic() < nextAt) return;
    nextAt = clock.monotonic() + interval;
    void ask().then((again) => {
      if (mayNotBeAsked(again)) nextAt = Number.POSITIVE_INFINITY;
      if (!again.answered) return;
      answered = true;
      onAnswer(again.limits);
    });
  };
}

function isReason(event: SpoolEvent, answered: boolean): boolean {
  if (event.event === "too_large") return true;
  return event.event === "sent" && (event.refused > 0 || (!answered && event.stored > 0));
}

function mayNotBeAsked(asked: AskedQueue): boolean {
  return !asked.answered && asked.mayOnlySend;
}
