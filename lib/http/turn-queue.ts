type Job = () => void;

/**
 * Lets jobs that take long run one after the other, a single one in each turn of the event loop: what is short goes in
 * between, and waits for one of them at most.
 */
export class TurnQueue {
  readonly #waiting: Job[] = [];

  /** Runs a job when its turn has come, never within the call. It must not throw. */
  take(job: Job): void {
    if (this.#waiting.push(job) === 1) setImmediate(() => this.#run());
  }

  /** The one that runs counts as waiting, so that what it takes begins no second round. */
  #run(): void {
    this.#waiting[0]?.();
    this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(() => this.#run());
  }
}
