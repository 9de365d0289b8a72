import { directSqs } from "../direct-sqs.ts";
import { sqsBatchLimits } from "../plan-batch.ts";
import type { QueueLimits } from "../queue-limits.ts";
import { sendBatch } from "../send-batch.ts";
import type { SqsAccess } from "../sqs-api.ts";
import { sqsEntry } from "../sqs-entry.ts";
import type { Carrier } from "./carrier.ts";

export interface SqsCarrierOptions {
  readonly client: SqsAccess;
  readonly limits: QueueLimits;
}

/** Carries messages to an SQS queue. */
export function sqsCarrier({ client: options, limits }: SqsCarrierOptions): Carrier {
  const client = directSqs(options);
  const target = { client, queueUrl: options.queueUrl, fifo: limits.fifo };
  return {
    fifo: limits.fifo,
    callLimits: sqsBatchLimits,
    messageBytes: limits.messageBytes,
    send: (messages, signal) => sendBatch(target, messages.map(sqsEntry), signal),
    close: () => client.destroy(),
  };
}
