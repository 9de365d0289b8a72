import type { ActionContext } from "./action.ts";
import type { InsertRequest } from "./insert-request.ts";

/**
 * Monotonic milliseconds until which a request waits for the queue, from now on: as long as any may, and never past its own
 * deadline.
 */
export function queueDeadline(
  request: Pick<InsertRequest, "deadline">,
  { clock, queueTimeout }: Pick<ActionContext, "clock" | "queueTimeout">,
): number {
  return Math.min(request.deadline, clock.monotonic() + queueTimeout);
}
