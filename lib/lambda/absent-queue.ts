import type { Queue } from "../queue/queue.ts";
import { QueueError } from "../queue/queue-error.ts";

/**
 * In place of the queue in functions that insert nothing and may not. A message gets there only when a route is wrong:
 * that is ours to mend, so its sender is asked to send it again.
 */
export const absentQueue: Queue = {
  push: () => Promise.reject(absence()),
  refusal: () => undefined,
  pushMany: (pushes) => Promise.resolve(pushes.map(() => ({ outcome: "failed", error: absence() }))),
  close: () => Promise.resolve(),
};

function absence(): QueueError {
  return new QueueError("unavailable", "This function has no queue: a route to it should lead elsewhere");
}
