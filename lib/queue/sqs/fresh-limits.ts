import type { Clock } from "../../message/clock.ts";
import type { AskedQueue } from "./asked-queue.ts";
import type { KnownQueue } from "./queue-limits.ts";

/** Milliseconds for which an answer is fresh. Its owner may have changed the queue, but a flood of large messages asks no more. */
const freshFor = 1_000;
/** Milliseconds for which a queue that gave no answer is left alone. */
const silentFor = 10_000;

export interface FreshLimitsOptions {
  /** What the queue said at the start. */
  readonly asked: AskedQueue;
  /** Asks it again. May reject. */
  readonly ask: () => Promise<AskedQueue>;
  /** Told of each answer that has limits. */
  readonly onAnswer: (limits: KnownQueue) => void;
  readonly clock: Pick<Clock, "monotonic">;
}

/**
 * Asks a queue for its limits again: when it could not tell them at the start, as soon as it has taken a message; and before or
 * when they cost somebody a message, since its owner may have changed them meanwhile. Not where it may not be asked.
 */
export class FreshLimits {
  readonly #options: FreshLimitsOptions;
  #answered: boolean;
  /** On the monotonic clock, in milliseconds. */
  #nextAt: number;
  #asking: Promise<void> | null = null;
  #silence: string | null;

  constructor(options: FreshLimitsOptions) {
    const { asked } = options;
    this.#options = options;
    this.#answered = asked.answered;
    this.#silence = silence(asked);
    this.#nextAt = mayNotBeAsked(asked) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** Why the queue gave no answer when it was asked last; null where it did, if only to say that it may not be asked. */
  get silence(): string | null {
    return this.#silence;
  }

  /** To be told of what became of the messages of each call. */
  sent({ stored, refused }: { readonly stored: number; readonly refused: number }): void {
    if (refused > 0 || (!this.#answered && stored > 0)) void this.refresh();
  }

  /** Resolves once the limits are as fresh as they can be. Never rejects. */
  refresh(): Promise<void> {
    if (this.#asking === null && this.#options.clock.monotonic() < this.#nextAt) return Promise.resolve();
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const { ask, onAnswer, clock } = this.#options;
    const asked = await ask().catch(() => null);
    const now = clock.monotonic();
    if (asked !== null) this.#silence = silence(asked);
    if (asked?.answered) {
      this.#nextAt = now + freshFor;
      this.#answered = true;
      onAnswer(asked.limits);
    } else {
      this.#nextAt = asked !== null && mayNotBeAsked(asked) ? Number.POSITIVE_INFINITY : now + silentFor;
    }
  }
}

function silence(asked: AskedQueue): string | null {
  return asked.answered || asked.mayOnlySend ? null : asked.reason;
}

function mayNotBeAsked(asked: AskedQueue): boolean {
  return !asked.answered && asked.mayOnlySend;
}
