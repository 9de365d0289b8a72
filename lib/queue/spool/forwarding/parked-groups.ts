import type { SpooledMessage } from "../spooled-message.ts";

/** Messages of one group in the window: one is under way at a time, and the others spare a reading for each. */
export const heldMost = 4;
/** Groups that are known to have more on disk, beyond which no more is read. */
const parkedMost = 10_000;

/** Where a message that was read belongs: in the window, on disk until its group needs it, or on disk unread. */
export type Place = "window" | "parked" | "unread";

/** Messages of one group that were left on disk. */
export interface ParkedGroup {
  readonly group: string;
  /** Sequence before which there are none of them. */
  readonly from: number;
  /** Sequence of the last of them that is known. */
  readonly last: number;
}

/**
 * Sees to it, on a FIFO queue, that no group fills the window: only one message of a group is under way at a time, so all
 * others would wait for a group with many, and for ever for one whose first message fails for ever. What a group has beyond
 * a few stays on disk, and is read when these have left.
 */
export class ParkedGroups {
  readonly #held = new Map<string, number>();
  readonly #parked = new Map<string, ParkedGroup>();
  /** Groups of which the window holds nothing, while there is more on disk. */
  readonly #wanting = new Set<string>();

  /** Of the next message in the order of sequences; it counts as held if it is for the window. */
  place({ callsign: group, sequence }: SpooledMessage): Place {
    const parked = this.#parked.get(group);
    if (parked !== undefined) {
      this.#parked.set(group, { ...parked, last: sequence });
      return "parked";
    }
    const held = this.#held.get(group) ?? 0;
    if (held < heldMost) {
      this.#held.set(group, held + 1);
      return "window";
    }
    if (this.#parked.size === parkedMost) return "unread";
    this.#parked.set(group, { group, from: sequence, last: sequence });
    return "parked";
  }

  /** A message is in the window no more. */
  left({ callsign: group }: SpooledMessage): void {
    const held = (this.#held.get(group) ?? 0) - 1;
    if (held > 0) this.#held.set(group, held);
    else this.#held.delete(group);
    if (held <= 0 && this.#parked.has(group)) this.#wanting.add(group);
  }

  /** Those to be read on, until `readOn` has been told of them. */
  get wanting(): readonly ParkedGroup[] {
    return Array.from(this.#wanting, (group) => this.#parked.get(group) ?? []).flat();
  }

  /**
   * So many messages of a wanting group have been read, and are held.
   *
   * @param next sequence from which there may be more of it
   */
  readOn({ group, last }: ParkedGroup, messages: number, next: number): void {
    this.#wanting.delete(group);
    if (next > last) this.#parked.delete(group);
    else this.#parked.set(group, { group, from: next, last });
    if (messages > 0) this.#held.set(group, messages);
    // Behind those that have waited for longer.
    else if (next <= last) this.#wanting.add(group);
  }
}
