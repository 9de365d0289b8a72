import type { IncomingHttpHeaders } from "node:http";

/** Milliseconds by which this machine's clock may be off before signatures are dated by SQS's. It refuses at 15 minutes. */
export const skewTolerated = 240_000;

/** Milliseconds by which it may be off before that is worth telling: clocks that are kept are within one second. */
const worthTelling = 5_000;

/** HTTP's dates are in whole seconds, cut. */
const dateStep = 1_000;

/** Milliseconds below which what was worth telling is not any more: by the cut of dates alone one and the same error comes and goes. */
const worthTellingStill = 3_000;

/**
 * The queue's clock, as far as its answers tell, which are dated: for signatures, so that a gateway in the field whose own is
 * wrong can still send, once it has been answered, if only with a refusal; and for its operator.
 */
export class QueueClock {
  readonly #now: () => number;
  #offset = 0;
  #error = 0;

  /** @param now milliseconds since the Unix epoch, as this machine has them */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Milliseconds by which the time for signatures is not this machine's. */
  get offset(): number {
    return this.#offset;
  }

  /** The time for signatures: this machine's, or the queue's where the two disagree. */
  now(): Date {
    return new Date(this.#now() + this.#offset);
  }

  /**
   * Milliseconds by which this machine's clock is ahead of the queue's, at least; below 0 where it is behind, and 0 where it may
   * well be right.
   */
  get error(): number {
    return this.#error;
  }

  /**
   * @param headers of an answer, names in lower case; one out of a cache has an `Age`, and its date is old
   * @param waited milliseconds for which it was waited, on the monotonic clock: the other may have been set meanwhile
   */
  hear({ date = "", age }: Pick<IncomingHttpHeaders, "date" | "age">, waited: number): void {
    const now = this.#now();
    const queueTime = Date.parse(date);
    if (age !== undefined || Number.isNaN(queueTime)) return;
    this.#offset = Math.abs(queueTime - now) > skewTolerated ? queueTime - now : 0;
    // The date is of some moment while the answer was under way.
    const error = Math.max(now - waited - (queueTime + dateStep), 0) || Math.min(now - queueTime, 0);
    const least = this.#error === 0 ? worthTelling : worthTellingStill;
    this.#error = Math.abs(error) > least ? error : 0;
  }
}
