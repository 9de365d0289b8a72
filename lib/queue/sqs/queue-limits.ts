import { QueueError } from "../queue-error.ts";
import { isAnswer, sqsCode, sqsReason } from "./classify-error.ts";
import { sqsBatchLimits } from "./plan-batch.ts";
import type { SqsApi } from "./sqs-api.ts";

/** What a queue takes. */
export interface QueueLimits {
  /** The queue's own MaximumMessageSize, in bytes, attributes included. */
  readonly messageBytes: number;
  readonly fifo: boolean;
}

/** What a queue says of itself. */
export interface KnownQueue extends QueueLimits {
  /**
   * Whether it is known to drop a message for the id of another callsign's: a FIFO queue does so for five minutes, unless its
   * DeduplicationScope is `messageGroup`.
   */
  readonly mixesCallsigns: boolean;
}

/** For the operator of a queue that mixes callsigns. */
export const mixesCallsignsWarning =
  "the queue drops a message under a key that another callsign has used in the last five minutes; set its DeduplicationScope to messageGroup";

/** What is known of a queue that has not been asked: the most that SQS allows, and the suffix that FIFO queues have. */
export function assumedLimits(queueUrl: string): QueueLimits {
  return { messageBytes: sqsBatchLimits.bytes, fifo: queueUrl.endsWith(".fifo") };
}

/**
 * Asks the queue what it takes, which also shows whether it is there.
 *
 * @throws {QueueError} with one line for the operator. Where `mayOnlySend` says so of it, the queue may be well, and
 * `assumedLimits` serve.
 */
export async function readLimits(
  client: Pick<SqsApi, "getQueueAttributes">,
  queueUrl: string,
): Promise<KnownQueue> {
  try {
    const { Attributes } = await client.getQueueAttributes({
      QueueUrl: queueUrl,
      AttributeNames: ["All"],
    });
    const assumed = assumedLimits(queueUrl);
    const fifo = Attributes?.["FifoQueue"] === "true" || assumed.fifo;
    return {
      messageBytes: messageBytes(Attributes?.["MaximumMessageSize"]) ?? assumed.messageBytes,
      fifo,
      mixesCallsigns: fifo && Attributes?.["DeduplicationScope"] !== "messageGroup",
    };
  } catch (cause) {
    const code = sqsCode(cause);
    throw new QueueError("unavailable", `${whatFailed(queueUrl, code, cause)}: ${sqsReason(cause)}`, {
      sqsCode: code,
      cause,
    });
  }
}

/** The network is looked into where nothing was reached, and nowhere else. */
function whatFailed(queueUrl: string, code: string, cause: unknown): string {
  if (isDenied(code)) return `the queue ${queueUrl} may not be asked for its attributes`;
  return isAnswer(cause) ? `the queue ${queueUrl} cannot be used` : `cannot reach the queue ${queueUrl}`;
}

/** Never more than a whole call may carry: a message over that could never be sent. */
function messageBytes(attribute: string | undefined): number | undefined {
  if (attribute === undefined || !/^[1-9][0-9]*$/.test(attribute)) return undefined;
  return Math.min(Number(attribute), sqsBatchLimits.bytes);
}

/** Whether an answer to `readLimits` says only that this program has no permission but to send. */
export function mayOnlySend(error: QueueError): boolean {
  return isDenied(error.sqsCode ?? "");
}

function isDenied(code: string): boolean {
  return code.includes("AccessDenied");
}
