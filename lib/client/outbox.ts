import { Batch, type BatchLimits } from "./batch.ts";
import type { Sleep } from "./sleep.ts";
import type { SplitMessage } from "./split-message.ts";

/** A message on its way. */
export interface Outgoing {
  readonly message: SplitMessage;
  /** How often the gateway took others of its request, but not it. */
  readonly failures: number;
  /** Monotonic time, in milliseconds, of the first of these failures. */
  readonly since: number;
  /** Monotonic time, in milliseconds, before which it is not sent again. */
  readonly due: number;
}

/** How long a batch waits for more, where messages come one by one: nobody notices, and a burst still goes together. */
const lingerMilliseconds = 200;

/** Messages that wait to be sent again, beyond which no others are read: what bounds the memory when many fail. */
const maxWaiting = 10_000;

/** What is to be sent: messages that have to be sent again, and before they are due, those of an input. */
export class Outbox {
  readonly #input: AsyncIterator<SplitMessage>;
  readonly #sleep: Sleep;
  #waiting: readonly Outgoing[] = [];
  /** What was asked of the input and not used yet. */
  #reading: Promise<SplitMessage | undefined> | undefined;
  #ended = false;
  #failure: unknown;

  constructor(input: AsyncIterable<SplitMessage>, sleep: Sleep) {
    this.#input = input[Symbol.asyncIterator]();
    this.#sleep = sleep;
  }

  /** Whether there is nothing left to send. */
  get isEmpty(): boolean {
    return this.#ended && this.#waiting.length === 0;
  }

  /** Whether there may be something that was never taken out. */
  get hasMore(): boolean {
    return !this.#ended;
  }

  /** What kept the input from being read to its end. */
  get failure(): unknown {
    return this.#failure;
  }

  sendAgain(outgoing: readonly Outgoing[]): void {
    this.#waiting = [...this.#waiting, ...outgoing].sort(
      (one, other) => one.message.position.index - other.message.position.index,
    );
  }

  /**
   * Takes out what goes into the next request: what is due, in the order of the input, and then what
   * the input has. Waits for the input no longer than until something is due, or the batch has waited enough.
   *
   * @returns an empty batch where there is nothing to send yet
   */
  async next(limits: BatchLimits, now: number, stop: AbortSignal): Promise<readonly Outgoing[]> {
    const batch = new Batch<Outgoing>(limits);
    this.#waiting = this.#waiting.filter((outgoing) => outgoing.due > now || !batch.add(outgoing));
    const enough = new AbortController();
    const signal = AbortSignal.any([stop, enough.signal]);
    if (batch.entries.length === 0) await this.#first(batch, this.#sleep(this.#untilDue(now), signal));
    if (batch.entries.length > 0) await this.#more(batch, this.#sleep(lingerMilliseconds, signal));
    enough.abort();
    return batch.entries;
  }

  async #first(batch: Batch<Outgoing>, due: Promise<"slept">): Promise<void> {
    if (this.#mayRead) await this.#readInto(batch, due);
    else if (!this.isEmpty) await due;
  }

  async #more(batch: Batch<Outgoing>, lingered: Promise<"slept">): Promise<void> {
    while (!batch.isFull && this.#mayRead && (await this.#readInto(batch, lingered)));
  }

  get #mayRead(): boolean {
    return !this.#ended && this.#waiting.length < maxWaiting;
  }

  /** @returns whether there may be more; what came too late or has no room is kept for the next batch */
  async #readInto(batch: Batch<Outgoing>, patience: Promise<"slept">): Promise<boolean> {
    this.#reading ??= this.#read();
    const message = await Promise.race([this.#reading, patience]);
    if (message === "slept") return false;
    if (message !== undefined && !batch.add({ message, failures: 0, since: 0, due: 0 })) return false;
    this.#reading = undefined;
    return message !== undefined;
  }

  async #read(): Promise<SplitMessage | undefined> {
    try {
      const { value, done } = await this.#input.next();
      if (done !== true) return value;
    } catch (error) {
      this.#failure = error;
    }
    this.#ended = true;
    return undefined;
  }

  /** Milliseconds until something is due; infinity where nothing will be, and an input is waited for as long as it takes. */
  #untilDue(now: number): number {
    const due = this.#waiting.map((outgoing) => outgoing.due - now);
    return Math.max(0, Math.min(...due));
  }
}
