import type { Clock } from "../message/clock.ts";
import type { BatchLimits } from "./batch.ts";
import type { Gateway } from "./gateway.ts";
import type { Ledger } from "./ledger.ts";
import type { Rejection } from "./rejection.ts";
import type { Sleep } from "./sleep.ts";

export interface UploadOptions {
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly limits: BatchLimits;
  /** Milliseconds without any success after which it is tried a last time. */
  readonly retryFor: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: () => number;
  /** Aborted when no new request should be made. */
  readonly stop: AbortSignal;
  /** Made for each request: aborted when it should be given up. */
  readonly requestSignal: () => AbortSignal;
  /** Makes what the ledger says durable, and the rejections since it was last called. */
  readonly record: (rejections: readonly Rejection[]) => Promise<void>;
  /** Nothing gets through, for this reason, and nothing is tried for these milliseconds. */
  readonly onPause: (reason: string, milliseconds: number) => void;
}
