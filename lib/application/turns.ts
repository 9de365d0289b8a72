import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../message/clock.ts";

/** Milliseconds of one turn. */
const turnTime = 4;

/** Long work, done for a few milliseconds in each turn of the event loop, so that nobody else waits for longer. */
export class Turns {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #until: number;
  #began: number;

  /** @param until on the monotonic clock, in milliseconds: there is no further turn from then on */
  constructor(clock: Pick<Clock, "monotonic">, until: number) {
    this.#clock = clock;
    this.#until = until;
    this.#began = clock.monotonic();
  }

  /** Whether this turn has been long enough. To be asked after each piece of the work. */
  get isOver(): boolean {
    return this.#clock.monotonic() - this.#began >= turnTime;
  }

  /**
   * Lets all others have theirs.
   *
   * @returns whether there is time for another
   */
  async next(): Promise<boolean> {
    await turn();
    this.#began = this.#clock.monotonic();
    return this.#began < this.#until;
  }
}
