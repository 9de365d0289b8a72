/** Milliseconds after which a call was too much for the line. */
const slow = 10_000;
/** Milliseconds within which more would have been possible. */
const quick = 4_000;

/** How much is under way at a time. */
export interface Pace {
  readonly calls: number;
  /** Of the messages in one call; one message may have more. */
  readonly bytes: number;
}

/**
 * How much is under way at a time, by what the calls before have taken. On a line that is slow, as many calls as a fast one
 * carries would all end by their timeouts, and then be sent again, and again: it would be full, and nothing would get
 * through.
 */
export class ForwardingPace implements Pace {
  readonly #most: Pace;
  #calls: number;
  #bytes: number;
  /** Monotonic time, in milliseconds, of the last slowing down: calls that began before tell nothing of it. */
  #slowedAt = Number.NEGATIVE_INFINITY;

  /** @param most on the fastest of lines */
  constructor(first: Pace, most: Pace) {
    this.#most = most;
    this.#calls = Math.min(first.calls, most.calls);
    this.#bytes = Math.min(first.bytes, most.bytes);
  }

  get calls(): number {
    return this.#calls;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * A call has ended.
   *
   * @param bytes of its messages
   * @param began when, on the monotonic clock, in milliseconds
   * @param stored whether the queue took any of them: what failed quickly says nothing of the line
   */
  ended(bytes: number, began: number, now: number, stored: boolean): void {
    const duration = now - began;
    if (duration > slow) {
      if (began >= this.#slowedAt) this.#slowDown((bytes * slow) / duration, now);
    } else if (stored && duration < quick) {
      this.#speedUp();
    }
  }

  /** One call at a time can fill a line; only then are smaller ones of use, since each has a price of its own. */
  #slowDown(fitting: number, now: number): void {
    this.#slowedAt = now;
    if (this.#calls > 1) this.#calls >>= 1;
    else this.#bytes = Math.min(this.#bytes, fitting / 2);
  }

  #speedUp(): void {
    if (this.#bytes < this.#most.bytes) this.#bytes = Math.min(this.#most.bytes, 2 * this.#bytes);
    else if (this.#calls < this.#most.calls) this.#calls += 1;
  }
}
