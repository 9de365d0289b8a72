import type { StoredMessage } from "../message/stored-message.ts";

/** Where accepted messages go. */
export interface Queue {
  /**
   * Resolves once the message is durable (acknowledged by SQS, or synced to disk): only then may the client
   * read `200`.
   *
   * @param deadline time on the monotonic clock, in milliseconds, after which the caller no longer waits
   * @throws {QueueError} always this class; its `code` says what is known of the message
   */
  push(message: StoredMessage, deadline: number): Promise<void>;
  /** Takes no more messages, brings the pushes under way to their outcome, and frees what is held. Idempotent. */
  close(): Promise<void>;
}
