import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../../message/clock.ts";
import type { SpoolableMessage } from "../spooled-message.ts";
import { FingerprintTable } from "./fingerprint-table.ts";
import { type ReceiptBlock, ReceiptBlocks } from "./receipt-blocks.ts";
import {
  type FirstReceipt,
  fingerprinter,
  firstReceipt,
  type Receipts,
  receiptBytes,
  sameContent,
  sameMessage,
  writeReceipt,
} from "./receipts.ts";

export interface RememberPolicy {
  /** Milliseconds for which an acknowledged message is remembered. */
  readonly time: number;
  /** Messages that are remembered at most, the newest, give or take those of one commit; 0 for none. */
  readonly limit: number;
}

/** A message that is not stored because one of its callsign and id has been. */
export type Repeat =
  /** The same message once more. */
  | { readonly repeat: "duplicate"; readonly index: number; readonly first: FirstReceipt }
  /** Another message, under a key that was used before. */
  | { readonly repeat: "conflict"; readonly index: number };

export interface Sorted {
  /** Those to be stored, in their order. */
  readonly fresh: readonly SpoolableMessage[];
  /** By their index among all. */
  readonly repeats: readonly Repeat[];
  /** Of the fresh ones. */
  readonly receipts: Receipts;
}

/** Of one receipt. */
interface Place {
  readonly receipts: Receipts;
  readonly index: number;
}

interface LastBlock {
  readonly first: number;
  readonly began: number;
  readonly receipts: Receipts;
}

/** Bytes of a block that is still written on: it lies within one page of SQLite's. */
const blockBytes = 64 * receiptBytes;
/** Share of the window that one block may span, since it is forgotten whole. */
const blockShare = 1 / 16;
/** Receipts that a commit may forget beside twice those that it adds: what went past the limit goes in small steps. */
const leastForgotten = 64;
/** Share of the window for which the time before a start of the program counts at most. */
const absenceShare = 1 / 2;

/**
 * Remembers acknowledged messages for a while, and knows a repeat of one: what the client sends again because it never
 * read our answer. On disk are receipts; in memory, 10 to 15 bytes each, only where to look for them.
 *
 * Time is that of the monotonic clock while the program runs. Only what passed between the last message of one run and
 * the start of the next is asked of the wall clock, and counts for no less than nothing and no more than half of the
 * window: a clock that was set wrong makes it forget neither all at once nor never. But another message under the key of one
 * that by the wall clock is older than the window is new: a station that is switched on once a week and counts from 1 each
 * time would otherwise have its messages refused.
 *
 * An operator who removes or retries a message changes nothing here: it was acknowledged.
 */
export class DuplicateWindow {
  readonly #policy: RememberPolicy;
  readonly #clock: Clock;
  readonly #blocks: ReceiptBlocks;
  readonly #fingerprint: ReturnType<typeof fingerprinter>;
  readonly #table = new FingerprintTable();
  /** What to add to the monotonic clock. */
  #offset = 0;
  /** The block that is written on. Older ones may be forgotten. */
  #last: LastBlock = { first: 1, began: Number.NEGATIVE_INFINITY, receipts: Buffer.alloc(0) };
  #next = 1;

  /**
   * Reads what is remembered.
   *
   * @param database with the present layout
   * @param random from 0 to below 1
   */
  constructor(database: DatabaseSync, policy: RememberPolicy, clock: Clock, random: () => number) {
    const odd = () => Math.floor(random() * 2 ** 31) * 2 + 1;
    this.#policy = policy;
    this.#clock = clock;
    this.#blocks = new ReceiptBlocks(database);
    this.#fingerprint = fingerprinter([odd(), odd(), odd(), odd()]);
    this.#load();
  }

  /** Receipts on disk. */
  get size(): number {
    return this.#table.size;
  }

  /** Which messages are new. One that comes twice among them is a repeat the second time. */
  sort(messages: readonly SpoolableMessage[]): Sorted {
    if (this.#policy.limit === 0) return { fresh: messages, repeats: [], receipts: Buffer.alloc(0) };
    const receipts = Buffer.allocUnsafe(messages.length * receiptBytes);
    const fresh: SpoolableMessage[] = [];
    const repeats: Repeat[] = [];
    const among = new FingerprintTable(messages.length);
    for (const [index, message] of messages.entries()) {
      const place = fresh.length;
      writeReceipt(receipts, place, message);
      const fingerprint = this.#fingerprint(receipts, place);
      const first = this.#find(fingerprint, receipts, place, among);
      if (first === undefined) {
        among.add(fingerprint, place);
        fresh.push(message);
      } else if (sameContent(receipts, place, first.receipts, first.index)) {
        repeats.push({ repeat: "duplicate", index, first: firstReceipt(first.receipts, first.index) });
      } else {
        repeats.push({ repeat: "conflict", index });
      }
    }
    return { fresh, repeats, receipts: receipts.subarray(0, fresh.length * receiptBytes) };
  }

  /**
   * Writes receipts, and forgets some of what is too old or too much, within the transaction that is open.
   *
   * @returns what is to be called once it is committed
   */
  record(receipts: Receipts): () => void {
    const now = this.#now();
    const forgotten = this.#forget(receipts.length / receiptBytes);
    const last = receipts.length === 0 ? this.#last : this.#blockFor(receipts, now);
    if (receipts.length > 0) this.#blocks.write({ ...last, at: now, storedAt: this.#clock.now() });
    return () => {
      for (const block of forgotten) {
        eachReceipt(block, (number, index) =>
          this.#table.delete(this.#fingerprint(block.receipts, index), number),
        );
      }
      this.#last = last;
      this.#index({ first: this.#next, receipts });
    };
  }

  /**
   * Reads where the next receipts would be written.
   *
   * @throws {Error} SQLite's
   */
  probe(): void {
    this.#blocks.holding(Number.MAX_SAFE_INTEGER);
  }

  #load(): void {
    let newest: ReceiptBlock | undefined;
    for (const block of this.#blocks.all()) {
      this.#index(block);
      newest = block;
    }
    if (newest === undefined) return;
    const absence = Math.max(0, this.#clock.now() - newest.storedAt);
    const counted = Math.min(absence, this.#policy.time * absenceShare);
    this.#offset = newest.at + counted - this.#clock.monotonic();
    this.#last = { ...this.#last, first: this.#next };
  }

  #now(): number {
    return this.#clock.monotonic() + this.#offset;
  }

  #index(block: Pick<ReceiptBlock, "first" | "receipts">): void {
    eachReceipt(block, (number, index) => this.#table.add(this.#fingerprint(block.receipts, index), number));
    this.#next = block.first + block.receipts.length / receiptBytes;
  }

  /**
   * Where the receipt of the same message is, if it is still remembered, or else of another under its key.
   *
   * @param among which of those before it have a fingerprint
   */
  #find(fingerprint: number, receipts: Receipts, index: number, among: FingerprintTable): Place | undefined {
    let other: Place | undefined;
    for (const earlier of among.numbers(fingerprint)) {
      if (!sameMessage(receipts, index, receipts, earlier)) continue;
      other = { receipts, index: earlier };
      if (sameContent(receipts, index, receipts, earlier)) return other;
    }
    for (const number of this.#table.numbers(fingerprint)) {
      const block = this.#blocks.holding(number);
      if (block === undefined || this.#isOld(block)) continue;
      const found = { receipts: block.receipts, index: number - block.first };
      if (!sameMessage(receipts, index, found.receipts, found.index)) continue;
      if (sameContent(receipts, index, found.receipts, found.index)) return found;
      if (!this.#isOldByWallClock(block)) other ??= found;
    }
    return other;
  }

  #isOldByWallClock({ storedAt }: ReceiptBlock): boolean {
    return this.#clock.now() - storedAt > this.#policy.time;
  }

  #isOld({ at }: { readonly at: number }): boolean {
    return this.#now() - at > this.#policy.time;
  }

  #blockFor(receipts: Receipts, now: number): LastBlock {
    const { first, began, receipts: before } = this.#last;
    const fits =
      before.length + receipts.length <= blockBytes && now - began <= this.#policy.time * blockShare;
    return fits
      ? { first, began, receipts: Buffer.concat([before, receipts]) }
      : { first: this.#next, began: now, receipts };
  }

  /** Takes a few blocks more than are written, so that there is no end of forgetting in one commit. */
  #forget(added: number): readonly Pick<ReceiptBlock, "first" | "receipts">[] {
    const forgotten: Pick<ReceiptBlock, "first" | "receipts">[] = [];
    for (let most = 2 * added + leastForgotten; most > 0; ) {
      const oldest = this.#blocks.oldest();
      if (oldest === undefined || oldest.first >= this.#last.first) break;
      const tooMany = this.#next - oldest.first - oldest.count >= this.#policy.limit;
      if (!tooMany && !this.#isOld(oldest)) break;
      forgotten.push({ first: oldest.first, receipts: this.#blocks.remove(oldest.first) });
      most -= oldest.count;
    }
    return forgotten;
  }
}

function eachReceipt(
  { first, receipts }: Pick<ReceiptBlock, "first" | "receipts">,
  callback: (number: number, index: number) => void,
): void {
  const count = receipts.length / receiptBytes;
  for (let index = 0; index < count; index += 1) callback(first + index, index);
}
