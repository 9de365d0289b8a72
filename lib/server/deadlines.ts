import type { Clock } from "../message/clock.ts";

/**
 * Tells when the time of each of many entries has come, with one timer for all of them.
 *
 * Every entry has the same timeout, so the order in which they are set is the order in which they expire, and only
 * the oldest is ever waited for. Setting and clearing one costs a map entry and no timer: most are cleared long
 * before their time.
 */
export class Deadlines<Entry> {
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #expired: (entry: Entry) => void;
  /** Deadlines on the monotonic clock, in the order in which they come. */
  readonly #deadlines = new Map<Entry, number>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param timeout milliseconds
   * @param expired called once for each entry whose time has come; the entry is cleared by then
   */
  constructor(timeout: number, clock: Clock, expired: (entry: Entry) => void) {
    this.#timeout = timeout;
    this.#clock = clock;
    this.#expired = expired;
  }

  get size(): number {
    return this.#deadlines.size;
  }

  /** Starts the time of an entry now, anew if it has been started before. */
  set(entry: Entry): void {
    this.#deadlines.delete(entry);
    this.#deadlines.set(entry, this.#clock.monotonic() + this.#timeout);
    if (this.#timer === undefined) this.#wait(this.#timeout);
  }

  clear(entry: Entry): void {
    this.#deadlines.delete(entry);
  }

  /** Expires all entries now, whatever is left of their time. */
  expireAll(): void {
    for (const entry of [...this.#deadlines.keys()]) this.#expire(entry);
  }

  /** Keeps no program running by itself: what is waited for does that. */
  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#sweep(), Math.ceil(milliseconds)).unref();
  }

  /** Until it is through, the timer counts as running, so that an entry set meanwhile starts no second one. */
  #sweep(): void {
    for (const [entry, deadline] of this.#deadlines) {
      const left = deadline - this.#clock.monotonic();
      if (left > 0) {
        this.#wait(left);
        return;
      }
      this.#expire(entry);
    }
    this.#timer = undefined;
  }

  #expire(entry: Entry): void {
    this.#deadlines.delete(entry);
    this.#expired(entry);
  }
}
