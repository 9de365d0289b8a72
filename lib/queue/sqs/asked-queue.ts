import { QueueError } from "../queue-error.ts";
import { assumedLimits, type KnownQueue, mayOnlySend, type QueueLimits, readLimits } from "./queue-limits.ts";

/** What a queue said of itself, or what is assumed of it. Can be cloned. */
export type AskedQueue =
  | { readonly answered: true; readonly limits: KnownQueue }
  | {
      readonly answered: false;
      /** The most that SQS allows. */
      readonly limits: QueueLimits;
      /** One line for the operator. */
      readonly reason: string;
      /** Whether it may not be asked: then it may be well all the same, and asking again is of no use. */
      readonly mayOnlySend: boolean;
    };

/** Whatever keeps the queue from answering is the reason that is given. */
export async function askQueue(
  client: Parameters<typeof readLimits>[0],
  queueUrl: string,
): Promise<AskedQueue> {
  try {
    return { answered: true, limits: await readLimits(client, queueUrl) };
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    const limits = assumedLimits(queueUrl);
    return { answered: false, limits, reason: error.message, mayOnlySend: mayOnlySend(error) };
  }
}
