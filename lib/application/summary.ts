import type { ProblemCode } from "./problem-codes.ts";

/** What may become of one of many messages. */
export const itemOutcomes = ["accepted", "duplicate", "rejected", "unknown"] as const;

/** How many messages of one request came to what; what none came to may be missing. */
export type ReceiptCounts = Readonly<Partial<Record<(typeof itemOutcomes)[number], number>>>;

/** What of an answer goes into logs, metrics and statistics, beside its status. */
export interface Summary {
  /** The code of the problem that it tells; of several, of the gravest. */
  readonly problem?: ProblemCode | undefined;
  /** Of a receipt. */
  readonly results?: ReceiptCounts | undefined;
}
