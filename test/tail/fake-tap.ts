import type { QueueTap, ReceivedMessage } from "../../lib/tail/queue-tap.ts";

/** A queue that keeps books: what is on it, and what of that is held. */
export class FakeTap implements QueueTap {
  readonly visible: ReceivedMessage[] = [];
  readonly held = new Map<string, ReceivedMessage>();
  /** Told of each call to receive, before it is answered. */
  onReceive: () => void = () => {};
  maxReceives: number | undefined;

  constructor(bodies: readonly string[]) {
    for (const body of bodies) this.send(body);
  }

  send(body: string): void {
    const messageId = `${this.visible.length + this.held.size}-${body}`;
    this.visible.push({ messageId, receiptHandle: "", body, receiveCount: 0 });
  }

  async receive(most: number): Promise<readonly ReceivedMessage[]> {
    this.onReceive();
    const received = this.visible.splice(0, most).map((message) => {
      const receiveCount = message.receiveCount + 1;
      return { ...message, receiptHandle: `${message.messageId}#${receiveCount}`, receiveCount };
    });
    for (const message of received) this.held.set(message.receiptHandle, message);
    return received;
  }

  async giveBack(messages: readonly ReceivedMessage[]): Promise<void> {
    this.visible.push(...this.#take(messages));
  }

  async remove(messages: readonly ReceivedMessage[]): Promise<void> {
    this.#take(messages);
  }

  async maxReceiveCount(): Promise<number | undefined> {
    return this.maxReceives;
  }

  #take(messages: readonly ReceivedMessage[]): readonly ReceivedMessage[] {
    for (const { receiptHandle } of messages) {
      if (!this.held.delete(receiptHandle)) throw new Error(`${receiptHandle} is not held`);
    }
    return messages;
  }
}
