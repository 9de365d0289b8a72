import type { Clock } from "../../message/clock.ts";
import { onceAMinute } from "./once-a-minute.ts";

/** Milliseconds after the end of trouble, within which its coming back is more of the same. */
const respite = 1_000;

/** Which lines are due of trouble that lasts, or that comes and goes many times a second. */
export class Trouble {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #isDue: (reason: string) => boolean;
  #isTold = false;
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#isDue = onceAMinute(clock);
  }

  /** For its beginning, each new reason, and once in a minute. */
  goesOn(reason: string): boolean {
    const isNew = !this.#isTold && this.#clock.monotonic() - this.#endedAt >= respite;
    if (!this.#isDue(reason) && !isNew) return false;
    this.#isTold = true;
    return true;
  }

  /** Where it was told of. */
  hasEnded(): boolean {
    if (!this.#isTold) return false;
    this.#isTold = false;
    this.#endedAt = this.#clock.monotonic();
    return true;
  }
}
