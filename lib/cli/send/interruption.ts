import { constants } from "node:os";
import type { Clock } from "../../message/clock.ts";

/** Milliseconds that a request under way gets to be answered, so that less has to be sent again. */
const grace = 5_000;

/** Milliseconds within which signals are one: npm and timeout(1) send another after the terminal's own. */
const oneKeyPress = 500;

/** Stops a command on SIGINT or SIGTERM such that it can write down how far it has come. A second one exits at once. */
export class Interruption {
  readonly #stop = new AbortController();
  readonly #hurry = new AbortController();
  readonly #clock: Clock;
  #signal: NodeJS.Signals | undefined;
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    process.on("SIGINT", this.#interrupt);
    process.on("SIGTERM", this.#interrupt);
  }

  /** Aborted by the first signal: nothing new should be begun. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborted a while later: what is under way should be given up. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  /** As a shell has it: 128 and the number of the signal; undefined where there was none. */
  get exitCode(): number | undefined {
    return this.#signal === undefined ? undefined : 128 + constants.signals[this.#signal];
  }

  readonly #interrupt = (signal: NodeJS.Signals): void => {
    const now = this.#clock.monotonic();
    if (this.#signal !== undefined) {
      if (now - this.#since >= oneKeyPress) process.exit(this.exitCode);
      return;
    }
    this.#signal = signal;
    this.#since = now;
    this.#stop.abort();
    setTimeout(() => this.#hurry.abort(), grace).unref();
  };
}
