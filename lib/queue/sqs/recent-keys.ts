import { hash } from "node:crypto";
import type { Clock } from "../../message/clock.ts";
import type { StoredMessage } from "../../message/stored-message.ts";

/** Milliseconds for which a FIFO queue drops what comes under a deduplication id that it knows. */
const window = 300_000;

/** Keys that are remembered at most, in some 2 MB. */
const most = 10_000;

interface Use {
  readonly contentId: string;
  readonly at: number;
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
    if (use === undefined) this.#uses.set(key, { contentId, at: now });
    return use === undefined || use.contentId === contentId;
  }

  /** Nothing was stored under its key after all. */
  release(message: StoredMessage, contentId: string): void {
    const key = keyOf(message);
    if (this.#uses.get(key)?.contentId === contentId) this.#uses.delete(key);
  }
}

/** Of one length, however long the callsign is. */
function keyOf({ source, id }: StoredMessage): string {
  return hash("sha256", `${source.callsign}\0${id}`, "base64");
}
