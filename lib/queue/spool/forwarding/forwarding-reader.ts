import type { PageLimit, WaitingMessages } from "../disk/waiting-messages.ts";
import type { SpooledMessage } from "../spooled-message.ts";
import { heldMost, ParkedGroups } from "./parked-groups.ts";

/** Sequences among which a reading looks for those of groups: more would keep what else the disk is asked for waiting. */
const span = 10_000;

/** Reads the waiting messages from the disk, or takes them over as they are stored, each once. */
export class ForwardingReader {
  readonly #waiting: WaitingMessages;
  readonly #groups: ParkedGroups | undefined;
  /** Sequence of the last message read. */
  #read = 0;
  #moreToRead = true;
  /** Whether there is no knowing more groups than are known. */
  #isFull = false;

  constructor(waiting: WaitingMessages, { fifo }: { readonly fifo: boolean }) {
    this.#waiting = waiting;
    this.#groups = fifo ? new ParkedGroups() : undefined;
  }

  /** There may be new messages. */
  wake(): void {
    this.#moreToRead = true;
  }

  /** Whether `page` may have more. */
  get hasPage(): boolean {
    return this.#moreToRead && !this.#isFull;
  }

  /** Whether `groups` has to look for more. */
  get hasGroups(): boolean {
    return (this.#groups?.wanting.length ?? 0) > 0;
  }

  /**
   * These are new.
   *
   * @param messages in their order, without gaps
   * @param fit whether there is room for them
   * @returns those for the window: none where they do not follow on what has been read, and have to be read as well
   */
  arrived(messages: readonly SpooledMessage[], fit: boolean): readonly SpooledMessage[] {
    const followOn = !this.#moreToRead && messages[0]?.sequence === this.#read + 1;
    if (followOn && fit) return this.#placed(messages);
    this.#moreToRead = true;
    return [];
  }

  /**
   * Reads on.
   *
   * @returns those for the window
   * @throws what the disk does
   */
  page(limit: PageLimit): readonly SpooledMessage[] {
    if (!this.#moreToRead) return [];
    const page = this.#waiting.page(this.#read, limit);
    this.#moreToRead = page.length > 0;
    return this.#placed(page);
  }

  /**
   * Reads on in the groups of which there are none in the window: in some of them, where there is much to look through.
   *
   * @param hasRoom whether there is room for more of a group
   * @yields those for the window, of one group after the other
   * @throws what the disk does
   */
  *groups(hasRoom: () => boolean): Iterable<readonly SpooledMessage[]> {
    let rest = span;
    for (const parked of this.#groups?.wanting ?? []) {
      if (rest <= 0 || !hasRoom()) return;
      const { group, from } = parked;
      const last = Math.min(parked.last, from + rest - 1);
      const messages = this.#waiting.pageOf(group, from, last, heldMost);
      const end = messages.length === heldMost ? (messages.at(-1)?.sequence ?? last) : last;
      rest -= end - from + 1;
      this.#groups?.readOn(parked, messages.length, end + 1);
      yield messages;
    }
  }

  /** A message that was read is in the window no more. */
  left(message: SpooledMessage): void {
    this.#groups?.left(message);
  }

  #placed(messages: readonly SpooledMessage[]): readonly SpooledMessage[] {
    if (this.#groups === undefined) {
      this.#read = messages.at(-1)?.sequence ?? this.#read;
      return messages;
    }
    const taken: SpooledMessage[] = [];
    this.#isFull = false;
    for (const message of messages) {
      const place = this.#groups.place(message);
      if (place === "unread") {
        this.#isFull = true;
        this.#moreToRead = true;
        break;
      }
      this.#read = message.sequence;
      if (place === "window") taken.push(message);
    }
    return taken;
  }
}
