import type { IncomingHttpHeaders } from "node:http";

/** Milliseconds by which this machine's clock may be off before signatures are dated by SQS's. It refuses at 15 minutes. */
const tolerated = 240_000;

/**
 * The time for signatures: this machine's, corrected by the queue's where the two disagree. A gateway in the field
 * whose clock is wrong can still send, once it has been answered, if only with a refusal.
 */
export class SigningClock {
  readonly #now: () => number;
  #offset = 0;

  /** @param now milliseconds since the Unix epoch, as this machine has them */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  now(): Date {
    return new Date(this.#now() + this.#offset);
  }

  /** @param headers of an answer, names in lower case; one out of a cache has an `Age`, and its date is old */
  hear({ date = "", age }: Pick<IncomingHttpHeaders, "date" | "age">): void {
    const difference = Date.parse(date) - this.#now();
    if (age !== undefined || Number.isNaN(difference)) return;
    this.#offset = Math.abs(difference) > tolerated ? difference : 0;
  }
}
