import type { Refusal, SpoolChange } from "./disk/spool-store.ts";
import type { SpooledMessage } from "./spooled-message.ts";

/** Those that leave the spool in one commit. */
export type Departure = Pick<SpoolChange, "removed" | "refused">;

/** Departures of either kind in one commit at most: on a disk with little room a larger one might never fit. */
const most = 500;

/** Messages that the queue has, or will never take, and that still wait on disk. */
export class Departures {
  #removed: number[] = [];
  #refused: Refusal[] = [];

  get size(): number {
    return this.#removed.length + this.#refused.length;
  }

  /** Whether there are enough for a commit of their own. */
  get areMany(): boolean {
    return this.size >= most;
  }

  stored(messages: readonly SpooledMessage[]): void {
    for (const { sequence } of messages) this.#removed.push(sequence);
  }

  refused({ sequence }: SpooledMessage, reason: string): void {
    this.#refused.push({ sequence, reason });
  }

  /** The first of them, for the next commit. */
  next(): Departure {
    return { removed: this.#removed.slice(0, most), refused: this.#refused.slice(0, most) };
  }

  /** What `next` gave is committed. */
  left({ removed, refused }: Departure): void {
    this.#removed = this.#removed.slice(removed.length);
    this.#refused = this.#refused.slice(refused.length);
  }
}
