import type { Clock } from "../../message/clock.ts";

const minute = 60_000;

/** Reasons that are told in a minute: there are few that an operator has to act on. */
const mostReasons = 10;

/**
 * Says whether a line is due of what may happen many times a second in an outage: for the first of each reason, then once in
 * a minute.
 */
export function onceAMinute(clock: Pick<Clock, "monotonic">): (reason?: string) => boolean {
  /** When each was told. */
  const told = new Map<string, number>();
  return (reason = "") => {
    const now = clock.monotonic();
    for (const [other, at] of told) if (now - at >= minute) told.delete(other);
    if (told.has(reason) || told.size >= mostReasons) return false;
    told.set(reason, now);
    return true;
  };
}
