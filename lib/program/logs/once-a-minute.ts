import type { Clock } from "../../message/clock.ts";

const minute = 60_000;

/** Says whether a line is due of what may happen many times a second in an outage: for the first, then once in a minute. */
export function onceAMinute(clock: Pick<Clock, "monotonic">): () => boolean {
  let dueFrom = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    if (now < dueFrom) return false;
    dueFrom = now + minute;
    return true;
  };
}
