import type { Outcome } from "./outcome.ts";
import { beginning, type Position } from "./position.ts";
import type { SplitMessage } from "./split-message.ts";

/** How many messages of an input have come to which end. */
export type Counts = Readonly<Record<Outcome["outcome"], number>>;

/** Where a message without an outcome stands. */
export interface Owed extends Position {
  /** Whether the gateway may have it. */
  readonly mayBeStored: boolean;
}

/** What is known of the messages of one input, such that sending can go on from it. */
export interface LedgerEntries {
  readonly counts: Counts;
  /** No message from here on has been taken. */
  readonly frontier: Position;
  /** Messages before it without an outcome, in no order. */
  readonly owed: readonly Owed[];
}

/**
 * Keeps the books of one input: each message is owed from when it is taken until it has an outcome, and has one outcome.
 * What is kept grows with what is owed, not with the input.
 */
export class Ledger {
  readonly #counts: Record<Outcome["outcome"], number>;
  readonly #owed: Map<number, Owed>;
  #frontier: Position;

  constructor({ counts, frontier, owed }: LedgerEntries = untouched) {
    this.#counts = { ...counts };
    this.#frontier = frontier;
    this.#owed = new Map(owed.map((position) => [position.index, position]));
  }

  /** Where reading has to begin for everything that has no outcome. */
  get start(): Position {
    let start = this.#frontier;
    for (const position of this.#owed.values()) if (position.index < start.index) start = position;
    return start;
  }

  get counts(): Counts {
    return this.#counts;
  }

  get owed(): number {
    return this.#owed.size;
  }

  /** Of those that are owed, how many the gateway may have. */
  get unknown(): number {
    let unknown = 0;
    for (const { mayBeStored } of this.#owed.values()) if (mayBeStored) unknown += 1;
    return unknown;
  }

  get frontier(): Position {
    return this.#frontier;
  }

  get entries(): LedgerEntries {
    return { counts: { ...this.#counts }, frontier: this.#frontier, owed: [...this.#owed.values()] };
  }

  /** Whether a message has no outcome yet. */
  wants({ position }: SplitMessage): boolean {
    return position.index >= this.#frontier.index || this.#owed.has(position.index);
  }

  take({ position, next }: SplitMessage): void {
    const mayBeStored = this.#owed.get(position.index)?.mayBeStored ?? false;
    this.#owed.set(position.index, { ...position, mayBeStored });
    if (next.index > this.#frontier.index) this.#frontier = next;
  }

  /** The gateway may have a message that is owed, and nobody knows. */
  doubt({ position }: SplitMessage): void {
    this.#owed.set(position.index, { ...position, mayBeStored: true });
  }

  /** @throws {Error} when the message is not owed: it was never taken, or has an outcome already */
  settle({ position }: SplitMessage, { outcome }: Outcome): void {
    if (!this.#owed.delete(position.index)) throw new Error(`message ${position.index} is settled already`);
    this.#counts[outcome] += 1;
  }
}

const untouched: LedgerEntries = {
  counts: { accepted: 0, duplicate: 0, rejected: 0 },
  frontier: beginning,
  owed: [],
};
