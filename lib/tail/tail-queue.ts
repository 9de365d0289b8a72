import type { Clock } from "../message/clock.ts";
import { LatestIds } from "./latest-ids.ts";
import type { QueueTap, ReceivedMessage } from "./queue-tap.ts";

export interface TailOptions {
  readonly tap: QueueTap;
  /** Prints the bodies; false when nobody reads any more. */
  readonly print: (bodies: readonly string[]) => Promise<boolean>;
  readonly clock: Pick<Clock, "monotonic">;
  /** Resolves after so many milliseconds, or when the signal comes. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Ends it, at the next point where nothing is left half done. */
  readonly signal: AbortSignal;
  /** Whether to keep waiting when the queue has no more messages. */
  readonly follow: boolean;
  /** Whether what has been printed is taken off the queue. */
  readonly remove: boolean;
  /** Messages after which it ends. */
  readonly count: number;
  /** Whole seconds to wait for a message until the queue counts as empty. */
  readonly wait: number;
}

/**
 * Why it came to its end. `exhausted`: the queue would soon give up on a message for having been received so often, and
 * a consumer may still want it. `overdrawn`: whoever receives next makes it give up.
 */
export type TailEnd = "done" | "exhausted" | "overdrawn";

/** What is held at once at most, while the queue is searched for more. */
const heldMost = 10_000;
/** Messages that are known again, at about 100 bytes each: of a queue with more, the first come up again as if they were new. */
const knownMost = 1_000_000;
/** Milliseconds for which it is held at most: well below the visibility timeout. */
const heldLongest = 30_000;
/**
 * Seconds of one call, which is let come to its end when the tail is to: SQS may have given it messages that would be
 * held for the whole visibility timeout if nobody took them.
 */
const poll = 1;
/** Seconds after which SQS gives back what was held by a process that died. */
export const visibilityTimeout = 60;
/** Milliseconds that others have for what was given back, before it is received once more. */
const pauses = { shortest: 1_000, longest: 10_000 };

/**
 * Prints what is on a queue and what comes, each message once. SQS has no way to look without receiving, so what is not
 * to be removed is received, held until there is no more, so that the rest comes to light, and given back.
 *
 * @throws {Error} with one line for the operator, when the queue cannot be reached; what is held is given back first
 */
export async function tailQueue(options: TailOptions): Promise<TailEnd> {
  const { tap, signal, follow, remove, pause } = options;
  const limit = remove ? undefined : await tap.maxReceiveCount();
  // One time is left for whoever is to process it.
  const patience = limit === undefined ? Number.POSITIVE_INFINITY : limit - 1;
  if (patience < 1) return "exhausted";
  const tail = new Tail(options);
  let rest = pauses.shortest;
  for (;;) {
    const sweep = await tail.sweep();
    if (signal.aborted) return "done";
    // Also of a look that ends now: nobody else would say so before the next one, which is one too many.
    if (sweep.receiveCount > patience) return "overdrawn";
    if (sweep.receiveCount === patience) return "exhausted";
    if (tail.finished || (!follow && (sweep.ended || sweep.fresh === 0))) return "done";
    rest = sweep.fresh > 0 ? pauses.shortest : Math.min(2 * rest, pauses.longest);
    if (sweep.known > 0) await pause(rest, signal);
    if (signal.aborted) return "done";
  }
}

interface Sweep {
  /** Messages that had not been printed before. */
  readonly fresh: number;
  /** Messages that were given back. */
  readonly known: number;
  /** The most that one of those has been received. */
  readonly receiveCount: number;
  /** Whether the queue had no more. */
  readonly ended: boolean;
}

class Tail {
  readonly #options: TailOptions;
  readonly #printed = new LatestIds(knownMost);
  #left: number;
  #unread = false;

  constructor(options: TailOptions) {
    this.#options = options;
    this.#left = options.count;
  }

  /** Whether as many as were asked for have been printed, or nobody reads. */
  get finished(): boolean {
    return this.#left === 0 || this.#unread;
  }

  /** Receives until the queue has no more, and gives back what is not to be removed, whatever happens. */
  async sweep(): Promise<Sweep> {
    const { tap, clock, signal, wait, remove } = this.#options;
    const until = clock.monotonic() + heldLongest;
    const held: ReceivedMessage[] = [];
    let fresh = 0;
    let waited = 0;
    let ended = false;
    try {
      while (!ended && !signal.aborted && !this.finished) {
        const received = await tap.receive(Math.min(10, this.#left), Math.min(poll, wait));
        waited = received.length === 0 ? waited + poll : 0;
        ended = received.length === 0 && waited >= wait;
        held.push(...received);
        const unseen = received.filter(({ messageId }) => !this.#printed.has(messageId));
        fresh += unseen.length;
        await this.#print(unseen);
        if (remove && !this.#unread) {
          await tap.remove(received);
          held.length = 0;
        }
        if (held.length >= heldMost || clock.monotonic() >= until) break;
      }
    } finally {
      await tap.giveBack(held);
    }
    const receiveCount = held.reduce((most, message) => Math.max(most, message.receiveCount), 0);
    return { fresh, known: held.length, receiveCount, ended };
  }

  async #print(messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    this.#unread = !(await this.#options.print(messages.map(({ body }) => body)));
    if (this.#unread) return;
    this.#left -= messages.length;
    for (const { messageId } of messages) this.#printed.add(messageId);
  }
}
