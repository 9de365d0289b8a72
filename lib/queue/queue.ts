import type { StoredMessage } from "../message/stored-message.ts";
import type { QueueError } from "./queue-error.ts";

/** What became of a message that was pushed: in either case it is durable. */
export type PushOutcome =
  | { readonly outcome: "accepted" }
  /** It had been pushed before, and is not queued again. The times are those of the first. */
  | { readonly outcome: "duplicate"; readonly time_created: number; readonly time_uploaded: number };

/** One of many messages that are pushed together. */
export interface Push {
  readonly message: StoredMessage;
  /** As in `Queue.push`. */
  readonly contentId: string;
}

/** What became of one of many messages. */
export type PushResult = PushOutcome | { readonly outcome: "failed"; readonly error: QueueError };

export function failed(error: QueueError): PushResult {
  return { outcome: "failed", error };
}

/** Where accepted messages go. */
export interface Queue {
  /**
   * Resolves once the message is durable (acknowledged by SQS, or synced to disk): only then may the client
   * read `200`.
   *
   * @param deadline time on the monotonic clock, in milliseconds, after which the caller no longer waits
   * @param contentId what every try to send the same content has in common; by default the id, which differs where it
   *   is a client's key. Callsign and id say whether a message is a repeat, and this, whether it is truly the same
   * @throws {QueueError} always this class; its `code` says what is known of the message
   */
  push(message: StoredMessage, deadline: number, contentId?: string): Promise<PushOutcome>;
  /**
   * Pushes many at once, for less than each would cost by itself. Resolves once the outcome of each is known, in their
   * order; one that fails does not keep the others away, but where the queue keeps an order. Never rejects.
   *
   * @param deadline as in `push`
   * @param stopped groups of which one is to be sent again, so that what comes behind it has to come behind it again; the same set
   *   for all pushes of one request, whose order is kept
   */
  pushMany(pushes: readonly Push[], deadline: number, stopped?: Set<string>): Promise<readonly PushResult[]>;
  /** Why it would not even try to push a message, whatever its state; undefined where it would. */
  refusal(message: StoredMessage): QueueError | undefined;
  /** Takes no more messages, brings the pushes under way to their outcome, and frees what is held. Idempotent. */
  close(): Promise<void>;
}
