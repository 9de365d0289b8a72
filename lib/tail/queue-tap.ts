/** A message as the queue gave it, with what it takes to give it back or remove it. */
export interface ReceivedMessage {
  /** SQS's own: the same each time that the message is received. */
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it has been received, this time included. */
  readonly receiveCount: number;
}

/** How a queue is looked into: SQS has no way to look without receiving. All reject with an `Error` of one line. */
export interface QueueTap {
  /**
   * At most `most` messages (1 to 10), which nobody else gets until they are given back or the visibility timeout ends.
   *
   * @param wait whole seconds to wait for the first, 0 to 20
   */
  receive(most: number, wait: number): Promise<readonly ReceivedMessage[]>;
  /** Those that cannot be are given back by SQS itself, when the visibility timeout ends. */
  giveBack(messages: readonly ReceivedMessage[]): Promise<void>;
  remove(messages: readonly ReceivedMessage[]): Promise<void>;
  /**
   * How often the queue lets a message be received before it goes to the dead-letter queue; undefined for any number,
   * and where it may not be asked.
   */
  maxReceiveCount(): Promise<number | undefined>;
}
