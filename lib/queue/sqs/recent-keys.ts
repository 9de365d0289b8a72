import { hash } from "node:crypto";
import type { Clock } from "../../message/clock.ts";
import type { StoredMessage } from "../../message/stored-message.ts";

/** Milliseconds for which a FIFO queue drops what comes under a deduplication id that it knows. */
const window = 300_000;

/** Keys that are remembered at most, in some 2 MB. */
const most = 10_000;

interface Use {
  readonly contentId: string;
  /** When it was stored, as far as is known: the window runs from then. */
  readonly at: number;
  readonly isStored: boolean;
  /** Pushes that stored it, or may have, or may still. */
  holders: number;
}

/**
 * For what the clients' keys of the last five minutes stood, as far as they came this way: another message under one of them would be
 * dropped by a FIFO queue, or by the consumers of any, after it was acknowledged.
 */
export class RecentKeys {
  readonly #clock: Pick<Clock, "monotonic">;
  /** The oldest first. */
  readonly #uses = new Map<string, Use>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** @returns false where its key stands for another message */
  claim(message: StoredMessage, contentId: string): boolean {
    // An id that is no key stands for what it was made of.
    if (message.id === contentId) return true;
    const now = this.#clock.monotonic();
    for (const [key, { at }] of this.#uses) {
      if (now - at < window && this.#uses.size < most) break;
      this.#uses.delete(key);
    }
    const key = keyOf(message);
    const use = this.#uses.get(key);
    if (use === undefined) this.#uses.set(key, { contentId, at: now, isStored: false, holders: 1 });
    else if (use.contentId === contentId) use.holders += 1;
    return use === undefined || use.contentId === contentId;
  }

  /** One who claimed its key has stored it: after a try of which nobody knows, the queue's window may begin only now. */
  stored(message: StoredMessage, contentId: string): void {
    if (message.id === contentId) return;
    const key = keyOf(message);
    const use = this.#uses.get(key);
    if (use?.contentId !== contentId || use.isStored) return;
    // Behind all others, as the newest.
    this.#uses.delete(key);
    this.#uses.set(key, { ...use, at: this.#clock.monotonic(), isStored: true });
  }

  /** One who claimed its key has not stored it after all; another, before or beside it, may have. */
  release(message: StoredMessage, contentId: string): void {
    const key = keyOf(message);
    const use = this.#uses.get(key);
    if (use?.contentId !== contentId) return;
    use.holders -= 1;
    if (use.holders === 0) this.#uses.delete(key);
  }
}

/** Of one length, however long the callsign is. */
function keyOf({ source, id }: StoredMessage): string {
  return hash("sha256", `${source.callsign}\0${id}`, "base64");
}
