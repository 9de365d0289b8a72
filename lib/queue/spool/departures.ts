import type { Refusal, SpoolChange } from "./disk/spool-store.ts";
import type { SpooledMessage } from "./spooled-message.ts";

/** Those that leave the spool in one commit. */
export type Departure = Pick<SpoolChange, "removed" | "refused">;

/** Departures of either kind in one commit at most: on a disk with little room a larger one might never fit. */
const most = 500;

/** Messages that the queue has, or will never take, and that still wait on disk. */
export class Departures {
  readonly #removed = new Line<number>();
  readonly #refused = new Line<Refusal>();

  get size(): number {
    return this.#removed.length + this.#refused.length;
  }

  /** Whether there are enough for a commit of their own. */
  get areMany(): boolean {
    return this.size >= most;
  }

  stored(messages: readonly SpooledMessage[]): void {
    for (const { sequence } of messages) this.#removed.add(sequence);
  }

  refused({ sequence }: SpooledMessage, reason: string): void {
    this.#refused.add({ sequence, reason });
  }

  /** The first of them, for the next commit. */
  next(): Departure {
    return { removed: this.#removed.first(most), refused: this.#refused.first(most) };
  }

  /** What `next` gave is committed. */
  left({ removed, refused }: Departure): void {
    this.#removed.drop(removed.length);
    this.#refused.drop(refused.length);
  }
}

/** First in, first out. Millions may be in it, where a disk takes nothing while the queue is well, so it is not copied for each few. */
class Line<Item> {
  #items: Item[] = [];
  /** At its beginning, those that are in it no more. */
  #gone = 0;

  get length(): number {
    return this.#items.length - this.#gone;
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  first(count: number): readonly Item[] {
    return this.#items.slice(this.#gone, this.#gone + count);
  }

  drop(count: number): void {
    this.#gone += count;
    if (this.#gone * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#gone);
    this.#gone = 0;
  }
}
