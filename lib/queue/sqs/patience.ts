/** How long the stages of one call are waited for, all together. */
export class Patience {
  readonly #giveUp = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #abortSignal: AbortSignal | undefined;
  readonly #abort = () => this.#giveUp.abort(this.#abortSignal?.reason);
  #awaited = "";

  /** @param abortSignal ends it before its time */
  constructor(milliseconds: number, abortSignal?: AbortSignal) {
    this.#timer = setTimeout(() => {
      this.#giveUp.abort(new Error(`no ${this.#awaited} within ${milliseconds / 1_000} seconds`));
    }, milliseconds);
    this.#abortSignal = abortSignal;
    abortSignal?.addEventListener("abort", this.#abort);
  }

  /** Aborted when it is over. */
  get signal(): AbortSignal {
    return this.#giveUp.signal;
  }

  /**
   * Waits for what cannot be aborted itself.
   *
   * @param name what is waited for, for the operator
   */
  outlast<Result>(name: string, stage: Promise<Result>): Promise<Result> {
    this.#awaited = name;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const giveUp = () => reject(this.signal.reason);
    this.signal.addEventListener("abort", giveUp, { once: true });
    stage.then(resolve, reject);
    return promise.finally(() => this.signal.removeEventListener("abort", giveUp));
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#abortSignal?.removeEventListener("abort", this.#abort);
  }
}
