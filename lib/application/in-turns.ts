import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../message/clock.ts";

/** Milliseconds of one turn. */
const turnTime = 4;

/**
 * Goes through items that cost work to come by, for a few milliseconds in each turn of the event loop, so that nobody
 * else waits for longer. Gives those of a turn together.
 *
 * @param until on the monotonic clock, in milliseconds; what has not been reached by then is left out
 */
export async function* inTurns<Item>(
  items: Iterable<Item>,
  clock: Clock,
  until: number,
): AsyncIterable<readonly Item[]> {
  let began = clock.monotonic();
  let reached: Item[] = [];
  for (const item of items) {
    reached.push(item);
    if (clock.monotonic() - began < turnTime) continue;
    yield reached;
    reached = [];
    await turn();
    began = clock.monotonic();
    if (began >= until) return;
  }
  if (reached.length > 0) yield reached;
}
