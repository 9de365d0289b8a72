import { QueueError } from "../queue-error.ts";

/** Bytes in which most messages find room, or a quarter of a small spool: with as much left it is not full, whatever was turned away. */
const roomForMost = 65_536;

/** What the spool may still take, as its limit has it. All numbers are bytes. */
export class SpoolLimit {
  readonly #limit: number;
  /** Stored when a message was last turned away: until some of them are gone, the spool counts as full. */
  #fullAt = Number.POSITIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Why a message does not fit; undefined where it does.
   *
   * @param before what the spool is to hold before it
   */
  refusal(bytes: number, before: number): QueueError | undefined {
    const limit = this.#limit;
    if (before + bytes <= limit) return undefined;
    // A message that even an empty spool has no room for says nothing of the room for others, nor does a large one.
    const fits = bytes <= limit;
    if (fits && limit - before < Math.min(roomForMost, limit / 4)) this.#fullAt = before;
    // Without what differs from one to the next: the log tells of each reason once in a minute.
    const reason = fits
      ? `the spool is full: it may hold ${limit} bytes`
      : `the message is more than the spool may hold: ${limit} bytes`;
    return new QueueError("unavailable", reason, { retryable: fits });
  }

  /** There was room after all, if not for what was turned away. */
  found(): void {
    this.#fullAt = Number.POSITIVE_INFINITY;
  }

  /** @param stored what the spool holds */
  isFull(stored: number): boolean {
    return stored >= Math.min(this.#fullAt, this.#limit);
  }
}
