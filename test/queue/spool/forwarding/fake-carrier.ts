import type { Carrier, Delivery } from "../../../../lib/queue/spool/forwarding/carrier.ts";
import type { SpooledMessage } from "../../../../lib/queue/spool/spooled-message.ts";

export interface Call {
  readonly messages: readonly SpooledMessage[];
  readonly signal: AbortSignal;
  /** One delivery for all, or one for each. */
  answer(...deliveries: readonly Delivery[]): void;
  throw(error: Error): void;
}

export const stored: Delivery = { outcome: "stored" };

export function failed(outcome: Exclude<Delivery["outcome"], "stored">, message: string = outcome): Delivery {
  return { outcome, error: { message } };
}

/** A carrier whose calls are answered by the test. */
export class FakeCarrier implements Carrier {
  readonly fifo: boolean;
  readonly callLimits = { entries: 10, bytes: 1_000 };
  readonly calls: Call[] = [];
  closed = false;

  constructor({ fifo = false } = {}) {
    this.fifo = fifo;
  }

  send(messages: readonly SpooledMessage[], signal: AbortSignal): Promise<readonly Delivery[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Delivery[]>();
    this.calls.push({
      messages,
      signal,
      answer: (...deliveries) =>
        resolve(deliveries.length === 1 ? messages.map(() => deliveries[0] ?? stored) : [...deliveries]),
      throw: reject,
    });
    return promise;
  }

  close(): void {
    this.closed = true;
  }

  /** Sequences of each call. */
  get sent(): readonly (readonly number[])[] {
    return this.calls.map(({ messages }) => messages.map(({ sequence }) => sequence));
  }
}
