/**
 * Orders the opening and the closing of one thing, so that they can never race: `start` and `shutdown` may be called
 * at any time, in any order, any number of times, and during each other.
 *
 * It holds by construction. The thing opens at most once and closes at most once, and closing waits until opening
 * has come to its end. A thing that was shut down before it was started never opens.
 */
export class Lifecycle {
  readonly #open: () => Promise<void>;
  readonly #close: () => Promise<void>;
  #started: Promise<void> | undefined;
  #shut: Promise<void> | undefined;

  /**
   * @param open must come to an end by itself; when it rejects, it has left nothing open
   * @param close must not reject
   */
  constructor(open: () => Promise<void>, close: () => Promise<void>) {
    this.#open = open;
    this.#close = close;
  }

  /**
   * Resolves when the thing is open, or at once when it is shut already.
   *
   * @throws what `open` throws
   */
  start(): Promise<void> {
    this.#started ??= this.#shut === undefined ? this.#open() : Promise.resolve();
    return this.#started;
  }

  /** Resolves when the thing is closed, or never was open. Never rejects. */
  shutdown(): Promise<void> {
    this.#shut ??= this.#finish(this.#started);
    return this.#shut;
  }

  async #finish(started: Promise<void> | undefined): Promise<void> {
    const opened = await started?.then(
      () => true,
      () => false,
    );
    if (opened) await this.#close();
  }
}
