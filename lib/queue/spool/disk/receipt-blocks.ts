import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Receipts, receiptBytes } from "./receipts.ts";

/** Receipts on disk that were written, and will be forgotten, together. They are numbered in their order of writing. */
export interface ReceiptBlock {
  /** Number of its first receipt. */
  readonly first: number;
  /** When its last receipt was written: milliseconds in the window's own time. */
  readonly at: number;
  /** The same by the wall clock: milliseconds since the Unix epoch. */
  readonly storedAt: number;
  readonly receipts: Receipts;
}

/** A block without what it holds. */
export interface ReceiptBlockSize {
  readonly first: number;
  readonly at: number;
  readonly count: number;
}

/**
 * The table `receipts`: a row for each block and none for each receipt, so that remembering a message costs little more than
 * the bytes, and opening reads few rows. It grows at one end and shrinks at the other.
 */
export class ReceiptBlocks {
  readonly #statements: ReturnType<typeof prepare>;
  /** Repeats mostly come in the order of the first tries, so the next is in the same block. */
  #lastHeld: ReceiptBlock | undefined;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  /** All blocks in their order, read as the iteration goes on. */
  *all(): Iterable<ReceiptBlock> {
    for (const row of this.#statements.all.iterate()) yield blockOf(row as unknown as Row);
  }

  /** The block that has the receipt of this number; undefined when it is forgotten. */
  holding(number: number): ReceiptBlock | undefined {
    if (this.#lastHeld === undefined || !has(this.#lastHeld, number)) {
      const row = this.#statements.holding.get(number) as unknown as Row | undefined;
      this.#lastHeld = row === undefined ? undefined : blockOf(row);
    }
    const block = this.#lastHeld;
    return block !== undefined && has(block, number) ? block : undefined;
  }

  /** The oldest; undefined when there is none. */
  oldest(): ReceiptBlockSize | undefined {
    const row = this.#statements.oldest.get();
    return row === undefined ? undefined : (row as unknown as ReceiptBlockSize);
  }

  /** Writes a block, or writes it again with more receipts. */
  write({ first, at, storedAt, receipts }: ReceiptBlock): void {
    this.#lastHeld = undefined;
    this.#statements.write.run(first, Math.trunc(at), Math.trunc(storedAt), receipts);
  }

  /** @returns the receipts that it had */
  remove(first: number): Receipts {
    this.#lastHeld = undefined;
    const row = this.#statements.remove.get(first) as { receipts: Uint8Array } | undefined;
    return asReceipts(row?.receipts ?? new Uint8Array());
  }
}

type Row = Omit<ReceiptBlock, "receipts"> & { readonly receipts: Uint8Array };

function has({ first, receipts }: ReceiptBlock, number: number): boolean {
  return number >= first && number < first + receipts.length / receiptBytes;
}

function blockOf(row: Row): ReceiptBlock {
  return { ...row, receipts: asReceipts(row.receipts) };
}

function asReceipts({ buffer, byteOffset, byteLength }: Uint8Array): Receipts {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  const columns = "first, at, stored_at AS storedAt, receipts";
  return {
    all: statement(`SELECT ${columns} FROM receipts ORDER BY first`),
    holding: statement(`SELECT ${columns} FROM receipts WHERE first <= ? ORDER BY first DESC LIMIT 1`),
    oldest: statement(
      `SELECT first, at, length(receipts) / ${receiptBytes} AS count FROM receipts ORDER BY first LIMIT 1`,
    ),
    write: statement(
      `INSERT INTO receipts VALUES (?, ?, ?, ?)
       ON CONFLICT (first) DO UPDATE SET at = excluded.at, stored_at = excluded.stored_at, receipts = excluded.receipts`,
    ),
    remove: statement("DELETE FROM receipts WHERE first = ? RETURNING receipts"),
  };
}
