import type { AskedQueue } from "../../sqs/asked-queue.ts";
import type { Failure } from "../../sqs/classify-error.ts";
import type { BatchLimits } from "../../sqs/plan-batch.ts";
import type { SpooledMessage } from "../spooled-message.ts";

/** What became of one message in one call. */
export type Delivery =
  | { readonly outcome: "stored" }
  | { readonly outcome: Failure; readonly error: { readonly message: string } };

/** Takes messages from the spool to the queue. */
export interface Carrier {
  /** Whether the queue keeps order within a group. */
  readonly fifo: boolean;
  /** What one call may carry. */
  readonly callLimits: BatchLimits;
  /** One call. Gives one delivery for each message, in their order; bounded in time by itself, and sooner by `signal`. */
  send(messages: readonly SpooledMessage[], signal: AbortSignal): Promise<readonly Delivery[]>;
  /** Frees what it holds. */
  close(): void;
}

/** One whose queue can be asked what it takes. */
export interface AskingCarrier extends Carrier {
  /** What the queue said when it was asked first. */
  readonly asked: AskedQueue;
  ask(): Promise<AskedQueue>;
}
