/** Keeps the pushes of one request in their order where some of them wait: what comes behind those waits too. */
export class RequestOrder {
  readonly #last = new WeakMap<object, Promise<unknown>>();

  /**
   * Runs a task behind what waits of its request, and at once where nothing does and it waits for nothing itself.
   *
   * @param request the same object for all of its pushes
   * @param awaited must not reject
   */
  run<Result>(
    request: object,
    awaited: Promise<unknown> | undefined,
    task: () => Promise<Result>,
  ): Promise<Result> {
    const before = this.#last.get(request);
    if (before === undefined && awaited === undefined) return task();
    const ready = Promise.all([before, awaited]);
    this.#last.set(request, ready);
    return ready.then(task);
  }

  /** What comes of the request from now on waits for this, which must not reject. */
  hold(request: object, until: Promise<unknown>): void {
    this.#last.set(request, until);
  }
}
