/** For Lambda functions that an SQS queue triggers: handles each message once, and fails each by itself. */

export type { HandleMessage, InvocationContext } from "./batch.ts";
export type { Claim, DeduplicationStore } from "./deduplication-store.ts";
export { type MemoryStoreOptions, memoryStore } from "./memory-store.ts";
export {
  type MessageConsumer,
  type MessageConsumerOptions,
  messageConsumer,
} from "./message-consumer.ts";
export type { SqsBatchResponse, SqsEvent, SqsRecord } from "./sqs-event.ts";
