import type { Clock } from "../../message/clock.ts";
import type { Cancel, Timers } from "./timers.ts";

/** One timer that goes off at the earliest of the times asked for since it last did. */
export class Alarm {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #cancel: Cancel = () => {};

  constructor(clock: Clock, timers: Timers, ring: () => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#ring = ring;
  }

  /** @param time on the monotonic clock, in milliseconds; infinity asks for nothing */
  atLatest(time: number): void {
    if (time >= this.#at) return;
    this.#cancel();
    this.#at = time;
    this.#cancel = this.#timers.after(Math.max(0, time - this.#clock.monotonic()), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  clear(): void {
    this.#cancel();
    this.#at = Number.POSITIVE_INFINITY;
  }
}
