import type { Clock } from "../../../lib/message/clock.ts";
import type { Timers } from "../../../lib/queue/spool/timers.ts";

interface Planned {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that passes only when it is told to. */
export class ManualTime implements Clock, Timers {
  #elapsed = 0;
  #planned: readonly Planned[] = [];

  /** Wall clock: far from the monotonic one, so that the two are not mistaken for each other. */
  now(): number {
    return 1_700_000_000_000 + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const planned = { at: this.#elapsed + milliseconds, callback };
    this.#planned = [...this.#planned, planned];
    return () => {
      this.#planned = this.#planned.filter((other) => other !== planned);
    };
  }

  /** Milliseconds until the next timer; infinity when there is none. */
  get untilNext(): number {
    return Math.min(...this.#planned.map(({ at }) => at)) - this.#elapsed;
  }

  /** Lets time pass, and all that follows from it happen. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await settled();
    for (;;) {
      const due = this.#planned.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.#planned = this.#planned.filter((planned) => planned !== due);
      this.#elapsed = Math.max(this.#elapsed, due.at);
      due.callback();
      await settled();
    }
    this.#elapsed = end;
  }
}

/** Resolves when all promises that could settle have. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
