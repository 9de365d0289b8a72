import type { Clock } from "../message/clock.ts";
import type { Queue } from "../queue/queue.ts";
import { QueueError } from "../queue/queue-error.ts";

/** A queue, and whether what was last pushed to it got there. */
export interface WatchedQueue {
  readonly queue: Queue;
  /**
   * Whether the last push failed for the queue's own reasons, not its message's. Only for a while after it: when nobody
   * pushes, the next one shall find out.
   *
   * @param within milliseconds
   */
  failedLately(within: number): boolean;
}

export function watchedQueue(queue: Queue, clock: Pick<Clock, "monotonic">): WatchedQueue {
  let failedAt = Number.NEGATIVE_INFINITY;
  const note = (error?: unknown) => {
    const isOurs = error instanceof QueueError && (error.code === "unavailable" || error.code === "timeout");
    failedAt = isOurs ? clock.monotonic() : Number.NEGATIVE_INFINITY;
  };
  return {
    queue: {
      async push(...push) {
        try {
          const outcome = await queue.push(...push);
          note();
          return outcome;
        } catch (error) {
          note(error);
          throw error;
        }
      },
      async pushMany(...pushes) {
        const results = await queue.pushMany(...pushes);
        for (const result of results) note(result.outcome === "failed" ? result.error : undefined);
        return results;
      },
      refusal: (message) => queue.refusal(message),
      close: () => queue.close(),
    },
    failedLately: (within) => clock.monotonic() - failedAt <= within,
  };
}
