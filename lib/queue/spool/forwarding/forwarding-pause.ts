import type { Clock } from "../../../message/clock.ts";
import { type BackoffOptions, backoff } from "../../backoff.ts";
import type { SpoolObserver } from "../spool-event.ts";

export interface ForwardingPauseOptions {
  readonly backoff: BackoffOptions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observe: SpoolObserver;
}

/** How long nothing is sent, once nothing gets through: longer with each failure, the same for all calls. */
export class ForwardingPause {
  readonly #options: ForwardingPauseOptions;
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;
  #pauses = 0;
  #error: string | null = null;

  constructor(options: ForwardingPauseOptions) {
    this.#options = options;
  }

  /** Monotonic time, in milliseconds, before which nothing is sent. */
  get until(): number {
    return this.#until;
  }

  /** Whether nothing has got through since the last pause: a single call may try. */
  get trying(): boolean {
    return this.#failures > 0;
  }

  /** Why the last message failed; null once one got through. */
  get error(): string | null {
    return this.#error;
  }

  /** Counts the pauses so far. A call is given the count at its beginning. */
  get count(): number {
    return this.#pauses;
  }

  /** Something failed that says nothing of the rest. */
  note(reason: string): void {
    this.#error = reason;
  }

  /**
   * Nothing got through.
   *
   * @param lasting whether somebody has to mend it first, so that trying again soon is of no use
   * @param count the pauses at the beginning of what failed: those that began before the pause tell nothing new
   */
  begin(reason: string, lasting: boolean, count: number): void {
    this.#error = reason;
    if (count !== this.#pauses) return;
    const { clock, random, observe } = this.#options;
    this.#pauses += 1;
    this.#failures += 1;
    const failures = lasting ? Number.POSITIVE_INFINITY : this.#failures;
    const duration = backoff(failures, this.#options.backoff, random);
    this.#until = clock.monotonic() + duration;
    observe({ event: "forwarding_paused", reason, duration });
  }

  /** Something got through. */
  end(): void {
    this.#error = null;
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#until = Number.NEGATIVE_INFINITY;
    this.#options.observe({ event: "forwarding_resumed" });
  }
}
