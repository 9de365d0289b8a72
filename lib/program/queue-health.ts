import type { Health } from "../actions/health.ts";
import type { Clock } from "../message/clock.ts";
import { QueueError } from "../queue/queue-error.ts";
import { mayOnlySend, readLimits } from "../queue/queue-limits.ts";
import type { SpoolState } from "../queue/spool/spool-state.ts";
import type { WatchedQueue } from "./watched-queue.ts";

// Anybody may ask for health, so it names no queue and repeats no error: those are in the log.

/** With a spool, messages can be accepted as long as it can store them, whatever the queue does. */
export function spoolHealth(state: SpoolState): Health {
  const { accepting, depth, bytes, oldestAge, setAside, forwardingError } = state;
  return {
    accepting,
    queue: forwardingError === null ? "well" : "failing",
    spool: { messages: depth, bytes, oldest_seconds: Math.round(oldestAge), set_aside: setAside },
  };
}

const failing: Health = { accepting: false, queue: "failing" };

/** Milliseconds for which an answer of the queue holds: health is asked for often, and each probe is a call. */
const probeInterval = 5_000;

/**
 * Without one, only the queue itself can tell: by what became of the last push, and else it is asked, though one that answers
 * may still take no messages.
 */
export function probedHealth(
  pushes: Pick<WatchedQueue, "failedLately">,
  client: Parameters<typeof readLimits>[0],
  queueUrl: string,
  clock: Clock,
): () => Promise<Health> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<Health> | undefined;
  return async () => {
    if (pushes.failedLately(probeInterval)) return failing;
    if (answer === undefined || clock.monotonic() - askedAt > probeInterval) {
      askedAt = clock.monotonic();
      answer = probe(client, queueUrl);
    }
    return answer;
  };
}

async function probe(client: Parameters<typeof readLimits>[0], queueUrl: string): Promise<Health> {
  try {
    await readLimits(client, queueUrl);
  } catch (error) {
    // It answered, if only to say that this program may do no more than send.
    if (!(error instanceof QueueError && mayOnlySend(error))) return failing;
  }
  return { accepting: true, queue: "well" };
}
