import { type Clock, systemClock } from "../message/clock.ts";
import { Batch, type HandleMessage, type InvocationContext } from "./batch.ts";
import type { DeduplicationStore } from "./deduplication-store.ts";
import { lanes, type SqsBatchResponse, type SqsEvent, type SqsRecord } from "./sqs-event.ts";

export interface MessageConsumerOptions {
  readonly store: DeduplicationStore;
  /** Messages that are handled at once; on a FIFO queue those of one group never are. Default 1. */
  readonly concurrency?: number;
  /** Milliseconds that handling a message may take: none is begun when the function has less left. Default 1,000. */
  readonly timeToHandle?: number;
  /**
   * Told why a message failed, or the store did; not of messages that were not begun, for want of time or behind a failed one of
   * their group. Default: a line on stderr.
   */
  readonly onError?: (error: unknown, record: SqsRecord) => void | Promise<void>;
  readonly clock?: Pick<Clock, "now">;
}

export type MessageConsumer = (event: SqsEvent, context: InvocationContext) => Promise<SqsBatchResponse>;

/**
 * Makes a function that handles one message into the handler of a Lambda function that an SQS queue triggers, with
 * `ReportBatchItemFailures`. Each message fails or succeeds by itself; but on a FIFO queue those behind a failed one of
 * their group fail with it, unhandled, so that the order stays. A body that is no message fails alone, and so ends up
 * in the dead-letter queue.
 *
 * Copies, which have callsign, id, type and data in common, are handled once, as far as the store can tell. A crash after the handling and before the store knows of it
 * means that it is handled again: at least once, as ever.
 *
 * @throws {TypeError} without a store
 * @throws {RangeError} when an option is out of its range
 */
export function messageConsumer(handle: HandleMessage, options: MessageConsumerOptions): MessageConsumer {
  // From JavaScript: without it each message would fail, and come again.
  if (typeof options?.store?.claim !== "function") {
    throw new TypeError("Expected `store` to be what remembers messages, such as `memoryStore()`");
  }
  const { store, concurrency = 1, timeToHandle = 1_000, onError = printError, clock = systemClock } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`Expected \`concurrency\` to be a positive integer, got \`${concurrency}\``);
  }
  if (!(timeToHandle >= 0)) {
    throw new RangeError(`Expected \`timeToHandle\` to be milliseconds, 0 or more, got \`${timeToHandle}\``);
  }
  return async (event, context) => {
    const batch = new Batch({ store, onError, clock, handle, context });
    const failed = new Set<SqsRecord>();
    const waiting = lanes(event.Records).values();
    const work = async () => {
      // All workers take from the one iterator.
      for (const lane of waiting) {
        for (const record of await unhandled(lane, batch, timeToHandle)) failed.add(record);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    // In the order of the event, for those who read it.
    const failures = event.Records.filter((record) => failed.has(record));
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** Handles a lane as far as it goes, and gives back the rest, with what failed. */
async function unhandled(
  lane: readonly SqsRecord[],
  batch: Batch,
  timeToHandle: number,
): Promise<readonly SqsRecord[]> {
  const unreadable: SqsRecord[] = [];
  for (const [index, record] of lane.entries()) {
    const outcome = batch.remaining >= timeToHandle ? await batch.handle(record) : "failed";
    if (outcome === "failed") return [...unreadable, ...lane.slice(index)];
    if (outcome === "unreadable") unreadable.push(record);
  }
  return unreadable;
}

function printError(error: unknown, { messageId }: SqsRecord): void {
  console.error(`SQS message ${messageId}:`, error);
}
