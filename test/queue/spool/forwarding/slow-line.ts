import type { Carrier, Delivery } from "../../../../lib/queue/spool/forwarding/carrier.ts";
import type { SpooledMessage } from "../../../../lib/queue/spool/spooled-message.ts";
import type { Timers } from "../../../../lib/queue/spool/timers.ts";

export interface SlowLineOptions {
  readonly timers: Timers;
  readonly bytesPerSecond: number;
  /** Milliseconds after which a call is given up. */
  readonly timeout: number;
}

interface Transfer {
  left: number;
  rest: number;
  readonly end: (delivery: Delivery) => void;
}

/** Milliseconds of a step in which all transfers get the same share. */
const step = 100;

/** A carrier whose calls share a line, and whose timeout throws away what of a call has been carried by then. */
export class SlowLine implements Carrier {
  readonly fifo = false;
  readonly callLimits = { entries: 10, bytes: 1_048_576 };
  /** Bytes carried so far, those in vain included. */
  carried = 0;
  /** Calls of which all was carried. */
  calls = 0;
  readonly #options: SlowLineOptions;
  readonly #transfers = new Set<Transfer>();

  constructor(options: SlowLineOptions) {
    this.#options = options;
  }

  send(messages: readonly SpooledMessage[]): Promise<readonly Delivery[]> {
    const bytes = messages.reduce((sum, message) => sum + message.bytes, 0);
    return new Promise((resolve) => {
      const end = (delivery: Delivery) => resolve(messages.map(() => delivery));
      this.#transfers.add({ left: bytes, rest: this.#options.timeout, end });
      if (this.#transfers.size === 1) this.#goOn();
    });
  }

  close(): void {}

  #goOn(): void {
    this.#options.timers.after(step, () => {
      const share = (this.#options.bytesPerSecond * step) / 1_000 / this.#transfers.size;
      for (const transfer of this.#transfers) this.#carry(transfer, share);
      if (this.#transfers.size > 0) this.#goOn();
    });
  }

  #carry(transfer: Transfer, share: number): void {
    this.carried += Math.min(share, transfer.left);
    transfer.left -= share;
    transfer.rest -= step;
    if (transfer.left > 0 && transfer.rest > 0) return;
    this.#transfers.delete(transfer);
    const arrived = transfer.left <= 0;
    if (arrived) this.calls += 1;
    transfer.end(arrived ? { outcome: "stored" } : { outcome: "unknown", error: { message: "timeout" } });
  }
}
