import type { SpooledMessage } from "../spooled-message.ts";

/** What the window holds. */
export interface Held {
  readonly messages: number;
  /** Of them, those that have failed, and on a FIFO queue those behind them in their groups. */
  readonly stuck: number;
  readonly bytes: number;
}

/** Counts what the window holds, and how much of it does not get through. */
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
    return { messages: this.#messages, stuck: this.#stuckMessages, bytes: this.#bytes };
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
