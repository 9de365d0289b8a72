/**
 * What became of a message that is not durable.
 *
 * - `too_large`: over the queue's own limit; its sender can mend it.
 * - `conflict`: another message of the same callsign was stored under its id, which is a key that the sender chose.
 * - `refused`: the queue will never take this message, and the sender cannot mend it.
 * - `unavailable`: certainly not stored; the queue, its permissions, the network or the disk need attention or time.
 * - `timeout`: no answer before the deadline; it may or may not be stored. Sending the same content again is safe.
 */
export type QueueErrorCode = "too_large" | "conflict" | "refused" | "unavailable" | "timeout";

export class QueueError extends Error {
  override readonly name = "QueueError";
  readonly code: QueueErrorCode;
  /** Whether the same push can succeed soon without anybody's doing. */
  readonly retryable: boolean;
  /** SQS's own code, for example `AWS.SimpleQueueService.NonExistentQueue`: for the operator's log, never for a client. */
  readonly sqsCode: string | undefined;

  constructor(
    code: QueueErrorCode,
    message: string,
    options: {
      readonly retryable?: boolean;
      readonly sqsCode?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.sqsCode = options.sqsCode;
  }
}
