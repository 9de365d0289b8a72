import { MessageSplitter } from "./message-splitter.ts";
import type { Position } from "./position.ts";
import type { SplitMessage } from "./split-message.ts";

/**
 * Bytes of one message. SQS takes no larger one, its attributes included, so no gateway does.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const maxMessageBytes = 1_048_576;

/**
 * The messages of an input from a position on, one by one as its bytes are read.
 *
 * @throws {Error} after the last that is whole, when the input was cut short behind it
 */
export async function* readMessages(
  bytes: AsyncIterable<Buffer>,
  from: Position,
): AsyncGenerator<SplitMessage> {
  const splitter = new MessageSplitter(maxMessageBytes, from);
  for await (const piece of bytes) yield* splitter.push(piece);
  yield* splitter.end();
  if (splitter.inOpenArray) {
    throw new Error("it is an array without an end, as if it had been cut short");
  }
  if (splitter.inMessage) throw new Error("its last message has no end, as if it had been cut short");
}
