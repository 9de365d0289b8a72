import type { QueueError } from "./queue-error.ts";

/** What the program may want to log or count of a queue. Each is called after the fact and must not throw. */
export interface QueueObserver {
  /** A call to SQS has come to its end. */
  onBatch?(batch: { readonly entries: number; readonly stored: number; readonly milliseconds: number }): void;
  /** Entries of a call will be sent again, in so many milliseconds. */
  onRetry?(entries: number, delay: number, error: QueueError): void;
}
