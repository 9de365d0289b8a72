import type { Clock } from "../../message/clock.ts";
import type { PushResult, Queue } from "../../queue/queue.ts";
import { QueueError } from "../../queue/queue-error.ts";

/** A queue, and whether what was last pushed to it got there. */
export interface WatchedQueue {
  readonly queue: Queue;
  /**
   * Whether the last push failed, for the queue's own reasons and not its message's. Only for a while after it: when nobody
   * pushes, the next one shall find out.
   *
   * @param within milliseconds
   */
  failedLately(within: number): boolean;
}

export function watchedQueue(queue: Queue, clock: Pick<Clock, "monotonic">): WatchedQueue {
  let failedAt = Number.NEGATIVE_INFINITY;
  /** What is refused for its own sake says nothing of the queue; one of many that got there says that it is well. */
  const note = (results: readonly PushResult[]) => {
    if (results.some(({ outcome }) => outcome !== "failed")) failedAt = Number.NEGATIVE_INFINITY;
    else if (results.some(isOurs)) failedAt = clock.monotonic();
  };
  return {
    queue: {
      async push(...push) {
        try {
          const outcome = await queue.push(...push);
          note([outcome]);
          return outcome;
        } catch (error) {
          if (error instanceof QueueError) note([{ outcome: "failed", error }]);
          throw error;
        }
      },
      async pushMany(...pushes) {
        const results = await queue.pushMany(...pushes);
        note(results);
        return results;
      },
      refusal: (message) => queue.refusal(message),
      close: () => queue.close(),
    },
    failedLately: (within) => clock.monotonic() - failedAt <= within,
  };
}

function isOurs(result: PushResult): boolean {
  return (
    result.outcome === "failed" && (result.error.code === "unavailable" || result.error.code === "timeout")
  );
}
