import { constants } from "node:os";

/** Milliseconds that a request under way gets to be answered, so that less has to be sent again. */
const grace = 5_000;

/** Stops a command on SIGINT or SIGTERM such that it can write down how far it has come. */
export class Interruption {
  readonly #stop = new AbortController();
  readonly #hurry = new AbortController();
  #signal: NodeJS.Signals | undefined;

  constructor() {
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
    if (this.#signal !== undefined) process.exit(this.exitCode);
    this.#signal = signal;
    this.#stop.abort();
    setTimeout(() => this.#hurry.abort(), grace).unref();
  };
}
