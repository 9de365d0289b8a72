import type { SerialisedMessage } from "../../message/serialised-message.ts";
import { QueueError } from "../queue-error.ts";
import type { EntryOutcome } from "./send-batch.ts";
import type { SqsEntry } from "./sqs-entry.ts";

/** One push under way: what its tries came to, and so what its caller may be told. */
export class PendingPush implements SqsEntry {
  readonly message: SerialisedMessage;
  readonly group: string;
  readonly bytes: number;
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
  readonly #queueUrl: string;
  readonly #stopped: Set<string>;
  readonly #outcome = Promise.withResolvers<void>();
  #settled = false;
  #attempts = 0;
  #inCall = false;
  /** A try may have stored it, so no later failure can say that it is not. */
  #maybeStored = false;
  #lastError: QueueError | undefined;

  /** @param stopped groups of its request of which one is to be sent again */
  constructor({ message, group, bytes }: SqsEntry, deadline: number, queueUrl: string, stopped: Set<string>) {
    this.message = message;
    this.group = group;
    this.bytes = bytes;
    this.deadline = deadline;
    this.#queueUrl = queueUrl;
    this.#stopped = stopped;
  }

  /** @throws {QueueError} */
  get outcome(): Promise<void> {
    return this.#outcome.promise;
  }

  /** Its caller has been told, so nothing more is done for it. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Calls that it has been in. */
  get attempts(): number {
    return this.#attempts;
  }

  /** What goes before it in its group is to be sent again: it would overtake that. */
  get isStopped(): boolean {
    return this.#stopped.has(this.group);
  }

  get lastError(): QueueError | undefined {
    return this.#lastError;
  }

  enterCall(): void {
    this.#attempts += 1;
    this.#inCall = true;
  }

  /**
   * @param result of the call that it entered; without one, it may be stored
   * @returns whether it is to be tried again
   */
  leaveCall(result: EntryOutcome | undefined): boolean {
    this.#inCall = false;
    if (result?.outcome === "stored") {
      this.#settled = true;
      this.#outcome.resolve();
      return false;
    }
    this.#lastError = result?.error ?? this.#lastError;
    this.#maybeStored ||= result === undefined || result.outcome === "unknown";
    if (this.#settled) return false;
    if (result?.error.retryable ?? true) return true;
    this.#fail();
    return false;
  }

  /** The deadline has come. */
  expire(): void {
    this.#maybeStored ||= this.#inCall;
    this.#fail();
  }

  /** It is not sent, so that the order of its group is kept. */
  stop(): void {
    this.#lastError ??= new QueueError(
      "unavailable",
      `${this.#queueUrl}: what goes before it in its group is not stored`,
      { retryable: true },
    );
    this.#fail();
  }

  #fail(): void {
    if (this.#settled) return;
    this.#settled = true;
    const error = this.#error();
    if (error.code === "unavailable" || error.code === "timeout") this.#stopped.add(this.group);
    this.#outcome.reject(error);
  }

  #error(): QueueError {
    const last = this.#lastError;
    if (last !== undefined && !last.retryable && !this.#maybeStored) return last;
    return new QueueError(
      this.#maybeStored ? "timeout" : "unavailable",
      last?.message ?? `${this.#queueUrl}: no answer before the deadline`,
      {
        retryable: true,
        sqsCode: last?.sqsCode,
        cause: last,
      },
    );
  }
}
