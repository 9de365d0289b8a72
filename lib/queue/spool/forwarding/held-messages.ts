import type { SpooledMessage } from "../spooled-message.ts";

/** Messages that take no room, at most: each call looks through all of them. */
const mostStuck = 8_000;

/** What the window has room for is counted in this. */
export interface Held {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Counts what the window holds. A message that has failed takes bytes alone, and on a FIFO queue so do those behind it in its
 * group: else nothing would be read behind some hundreds that fail for ever, each by itself.
 */
export class HeldMessages {
  readonly #fifo: boolean;
  /** How many of each group, on a FIFO queue. */
  readonly #inGroups = new Map<string, number>();
  /** Groups of which one has failed, or the messages themselves where groups do not matter. */
  readonly #stuck = new Set<SpooledMessage | string>();
  #stuckMessages = 0;
  #messages = 0;
  #bytes = 0;

  constructor(fifo: boolean) {
    this.#fifo = fifo;
  }

  get count(): Held {
    return { messages: this.#messages - Math.min(this.#stuckMessages, mostStuck), bytes: this.#bytes };
  }

  add(message: SpooledMessage): void {
    this.#messages += 1;
    this.#bytes += message.bytes;
    if (this.#fifo) this.#inGroups.set(message.callsign, this.#together(message) + 1);
    if (this.#stuck.has(this.#laneOf(message))) this.#stuckMessages += 1;
  }

  /** It is to be sent again. */
  failed(message: SpooledMessage): void {
    const lane = this.#laneOf(message);
    if (this.#stuck.has(lane)) return;
    this.#stuck.add(lane);
    this.#stuckMessages += this.#together(message);
  }

  /** It is in the window no more, and nothing waits for it. */
  left(message: SpooledMessage): void {
    const together = this.#together(message);
    if (this.#stuck.delete(this.#laneOf(message))) this.#stuckMessages -= together;
    this.#messages -= 1;
    this.#bytes -= message.bytes;
    if (together > 1) this.#inGroups.set(message.callsign, together - 1);
    else this.#inGroups.delete(message.callsign);
  }

  #laneOf(message: SpooledMessage): SpooledMessage | string {
    return this.#fifo ? message.callsign : message;
  }

  /** How many have its lane. */
  #together({ callsign }: SpooledMessage): number {
    return this.#fifo ? (this.#inGroups.get(callsign) ?? 0) : 1;
  }
}
