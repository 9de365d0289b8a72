/** How long the stages of one call are waited for, all together. */
export class Patience {
  readonly #giveUp = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #others: readonly AbortSignal[];
  readonly #abort = ({ target }: Event) => this.#giveUp.abort((target as AbortSignal).reason);
  #awaited = "";

  /**
   * @param least milliseconds, which the operator is told
   * @param more that this call has on top; not told, or each would seem to fail for a reason of its own
   * @param others whichever is aborted ends it before its time, for its own reason
   */
  constructor(least: number, more: number, others: readonly AbortSignal[]) {
    this.#timer = setTimeout(() => {
      this.#giveUp.abort(new Error(`no ${this.#awaited} for more than ${least / 1_000} seconds`));
    }, least + more);
    this.#others = others;
    for (const signal of others) signal.addEventListener("abort", this.#abort);
  }

  /** Aborted when it is over. */
  get signal(): AbortSignal {
    return this.#giveUp.signal;
  }

  /** @param name what is waited for now, for the operator */
  set awaited(name: string) {
    this.#awaited = name;
  }

  /** Waits for what cannot be aborted itself. */
  outlast<Result>(stage: Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const giveUp = () => reject(this.signal.reason);
    this.signal.addEventListener("abort", giveUp, { once: true });
    stage.then(resolve, reject);
    return promise.finally(() => this.signal.removeEventListener("abort", giveUp));
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer);
    for (const signal of this.#others) signal.removeEventListener("abort", this.#abort);
  }
}
