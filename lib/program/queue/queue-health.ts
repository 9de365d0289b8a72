import type { Health } from "../../actions/health.ts";
import type { Clock } from "../../message/clock.ts";
import type { SpoolState } from "../../queue/spool/spool-state.ts";
import { askQueue } from "../../queue/sqs/asked-queue.ts";
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

export interface ProbedHealthOptions {
  readonly pushes: Pick<WatchedQueue, "failedLately">;
  readonly client: Parameters<typeof askQueue>[0];
  readonly queueUrl: string;
  readonly clock: Pick<Clock, "monotonic">;
  /** Told why the queue cannot be used, once for each reason, and null when it can again. */
  readonly onChange: (reason: string | null) => void;
}

/**
 * Without one, only the queue itself can tell: by what became of the last push, and else it is asked, though one that answers
 * may still take no messages.
 */
export function probedHealth(options: ProbedHealthOptions): () => Promise<Health> {
  const { pushes, client, queueUrl, clock, onChange } = options;
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<Health> | undefined;
  let lastReason: string | null = null;
  async function probe(): Promise<Health> {
    const asked = await askQueue(client, queueUrl);
    // It answers, if only to say that this program may do no more than send.
    const reason = asked.answered || asked.mayOnlySend ? null : asked.reason;
    if (reason !== lastReason) onChange(reason);
    lastReason = reason;
    return reason === null ? { accepting: true, queue: "well" } : failing;
  }
  return async () => {
    if (pushes.failedLately(probeInterval)) return failing;
    if (answer === undefined || clock.monotonic() - askedAt > probeInterval) {
      askedAt = clock.monotonic();
      answer = probe();
    }
    return answer;
  };
}
