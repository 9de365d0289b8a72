import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { sqsCode, sqsReason } from "../queue/sqs/classify-error.ts";
import type { QueueTap, ReceivedMessage } from "./queue-tap.ts";

/** Entries of a batch call. */
const batchSize = 10;
/**
 * Seconds. Fauxqs 2.4.1, the embedded queue, fails at 0 where it keeps its messages on disk, and then has lost them until its
 * next start.
 */
const givenBackAfter = 1;
/** Batch calls under way at once. */
const callsAtOnce = 8;

/** @param visibilityTimeout seconds after which SQS gives back what was neither given back nor removed */
export function sqsTap(client: SQSClient, queueUrl: string, visibilityTimeout: number): QueueTap {
  const QueueUrl = queueUrl;
  return {
    async receive(most, wait) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: most,
        WaitTimeSeconds: wait,
        VisibilityTimeout: visibilityTimeout,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      });
      try {
        const { Messages = [] } = await client.send(command);
        return Messages.map(({ MessageId = "", ReceiptHandle = "", Body = "", Attributes }) => ({
          messageId: MessageId,
          receiptHandle: ReceiptHandle,
          body: Body,
          receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
        }));
      } catch (error) {
        throw unreachable(queueUrl, error);
      }
    },
    giveBack: (messages) =>
      inBatches(messages, async (batch) => {
        const Entries = entries(batch).map((entry) => ({ ...entry, VisibilityTimeout: givenBackAfter }));
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })).catch(() => {});
      }),
    remove: (messages) =>
      inBatches(messages, async (batch) => {
        const command = new DeleteMessageBatchCommand({ QueueUrl, Entries: entries(batch) });
        const { Failed: [failed] = [] } = await client.send(command).catch((error: unknown) => {
          throw unreachable(queueUrl, error);
        });
        if (failed !== undefined) {
          throw new Error(
            `a message could not be removed from ${queueUrl}: ${failed.Message ?? failed.Code}`,
          );
        }
      }),
    async maxReceiveCount() {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy"] });
      try {
        const { Attributes } = await client.send(command);
        const policy = Attributes?.RedrivePolicy;
        if (policy === undefined) return undefined;
        const count = Number((JSON.parse(policy) as { maxReceiveCount?: unknown }).maxReceiveCount);
        return Number.isInteger(count) ? count : undefined;
      } catch (error) {
        if (/AccessDenied/.test(sqsCode(error))) return undefined;
        throw unreachable(queueUrl, error);
      }
    },
  };
}

function entries(messages: readonly ReceivedMessage[]) {
  return messages.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
}

async function inBatches(
  messages: readonly ReceivedMessage[],
  call: (batch: readonly ReceivedMessage[]) => Promise<void>,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(messages.length / batchSize) }, (_, index) =>
    messages.slice(index * batchSize, (index + 1) * batchSize),
  ).values();
  const work = async () => {
    for (const batch of batches) await call(batch);
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
}

function unreachable(queueUrl: string, error: unknown): Error {
  return new Error(`cannot read the queue ${queueUrl}: ${sqsReason(error)}`, { cause: error });
}
