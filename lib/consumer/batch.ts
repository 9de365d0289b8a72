import { hash } from "node:crypto";
import type { Clock } from "../message/clock.ts";
import type { Message } from "../message/message-types.ts";
import { parseMessage } from "../message/parse-message.ts";
import type { DeduplicationStore } from "./deduplication-store.ts";
import type { SqsRecord } from "./sqs-event.ts";

/**
 * Does with one message what the consumer is there for. Whatever it throws, or rejects with, means: deliver it again. What it
 * gives back means nothing.
 */
export type HandleMessage = (message: Message, record: SqsRecord) => unknown;

/** As much as is needed of Lambda's context. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export interface BatchOptions {
  readonly handle: HandleMessage;
  readonly context: InvocationContext;
  readonly store: DeduplicationStore;
  readonly onError: (error: unknown, record: SqsRecord) => void | Promise<void>;
  readonly clock: Pick<Clock, "now">;
}

/**
 * What became of a record. One that is `unreadable` is no message, which nothing behind it in its group waits for; SQS may
 * delete only what is `handled`.
 */
export type HandledRecord = "handled" | "failed" | "unreadable";

/** The messages of one event, each handled at most once however often it is in there. */
export class Batch {
  readonly #options: BatchOptions;
  readonly #outcomes = new Map<string, Promise<HandledRecord>>();

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  /** Milliseconds that the function has left. */
  get remaining(): number {
    return this.#options.context.getRemainingTimeInMillis();
  }

  /** Never rejects. */
  async handle(record: SqsRecord): Promise<HandledRecord> {
    let message: Message;
    try {
      message = parseMessage(record.body);
    } catch (error) {
      await this.#report(error, record);
      return "unreadable";
    }
    const id = deduplicationId(message);
    const begun = this.#outcomes.get(id);
    if (begun !== undefined) return begun;
    const outcome = this.#handleOnce(message, id, record);
    this.#outcomes.set(id, outcome);
    return outcome;
  }

  async #handleOnce(message: Message, id: string, record: SqsRecord): Promise<HandledRecord> {
    const { store, clock, handle } = this.#options;
    try {
      // Lambda ends this process when its time is up, so that then the claim is nobody's.
      const claim = await store.claim(id, clock.now() + this.remaining);
      if (claim === "handled") return "handled";
      if (claim === "busy") throw new Error(`another consumer is handling the message ${message.id}`);
    } catch (error) {
      await this.#report(error, record);
      return "failed";
    }
    try {
      await handle(message, record);
    } catch (error) {
      await this.#report(error, record);
      await this.#tell(() => store.release(id), record);
      return "failed";
    }
    // It has been handled, whether the store knows or not: another delivery would be worse than another copy.
    await this.#tell(() => store.commit(id), record);
    return "handled";
  }

  async #tell(change: () => Promise<void>, record: SqsRecord): Promise<void> {
    try {
      await change();
    } catch (error) {
      await this.#report(error, record);
    }
  }

  async #report(error: unknown, record: SqsRecord): Promise<void> {
    try {
      await this.#options.onError(error, record);
    } catch (failure) {
      // Who is to tell of one failure must not make all the others' of the batch.
      console.error(failure);
    }
  }
}

/**
 * An id is a client's own where it sent a key: another client's must not pass for it, nor may what the same client sends under an
 * old key when the gateway has forgotten it. The times are no part: each copy has those of its own upload.
 */
function deduplicationId({ id, source, type, data }: Message): string {
  return hash("sha256", JSON.stringify([source.callsign, id, type, data]), "hex");
}
