import type { Clock } from "../message/clock.ts";
import { Link, LinkedList } from "./linked-list.ts";

/** When the time of an entry comes, where one waits for it. */
export class Deadline<Entry> extends Link<Deadline<Entry>> {
  readonly entry: Entry;
  /** Monotonic milliseconds. */
  at = Number.POSITIVE_INFINITY;

  constructor(entry: Entry) {
    super();
    this.entry = entry;
  }
}

/**
 * Tells when the time of each of many entries has come, with one timer for all of them.
 *
 * Every entry has the same timeout, so the order in which they are set is the order in which they expire, and only
 * the oldest is ever waited for. Setting and clearing one costs a place in a list and no timer: most are cleared long
 * before their time.
 */
export class Deadlines<Entry> {
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #expired: (entry: Entry) => void;
  /** In the order in which they come. */
  readonly #deadlines = new LinkedList<Deadline<Entry>>();
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

  /** Whether the time of its entry runs here. */
  has(deadline: Deadline<Entry>): boolean {
    return deadline.list === this.#deadlines;
  }

  /** Starts the time of its entry now, anew if it has been started before, here or elsewhere. */
  set(deadline: Deadline<Entry>): void {
    deadline.list?.remove(deadline);
    deadline.at = this.#clock.monotonic() + this.#timeout;
    this.#deadlines.append(deadline);
    if (this.#timer === undefined) this.#wait(this.#timeout);
  }

  clear(deadline: Deadline<Entry>): void {
    this.#deadlines.remove(deadline);
  }

  /** Expires all entries now, whatever is left of their time. */
  expireAll(): void {
    for (const deadline of this.#deadlines.items()) this.#expire(deadline);
  }

  /** Keeps no program running by itself: what is waited for does that. */
  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#sweep(), Math.ceil(milliseconds)).unref();
  }

  /** Until it is through, the timer counts as running, so that an entry set meanwhile starts no second one. */
  #sweep(): void {
    for (let first = this.#deadlines.first; first !== undefined; first = this.#deadlines.first) {
      const left = first.at - this.#clock.monotonic();
      if (left > 0) {
        this.#wait(left);
        return;
      }
      this.#expire(first);
    }
    this.#timer = undefined;
  }

  #expire(deadline: Deadline<Entry>): void {
    this.#deadlines.remove(deadline);
    this.#expired(deadline.entry);
  }
}
