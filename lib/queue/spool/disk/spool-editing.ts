import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { SpoolPart } from "./spool-listing.ts";
import { inTransaction } from "./transaction.ts";

/**
 * What an operator may do to messages in the spool, also while the program runs on it: short transactions that keep `tally`
 * true, after which the program goes by what it finds.
 */
export class SpoolEditing {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;

  /** @param database as `openExistingSpool` gives it, for writing */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /**
   * Puts set-aside messages behind all that wait, in the order given. Durable once this returns.
   *
   * @param sequences at most a page of them, as `SpoolListing` has it; those no longer there are passed over
   * @returns how many there were
   */
  retry(sequences: readonly number[]): number {
    const { next, retry, remove, retryTally } = this.#statements;
    return this.#count(sequences, (sequence) => {
      const { sequence: to } = next.get() as { sequence: number };
      const moved = retry.get(to, sequence) as { bytes: number } | undefined;
      if (moved === undefined) return false;
      remove.set_aside.run(sequence);
      retryTally.run(moved.bytes, moved.bytes);
      return true;
    });
  }

  /**
   * Removes messages. What waits may be on its way to the queue just then, so the program must not be running for that.
   *
   * @param sequences at most a page of them, as `SpoolListing` has it; those no longer there are passed over
   * @returns how many there were
   */
  remove(part: SpoolPart, sequences: readonly number[]): number {
    const { remove, removeTally } = this.#statements;
    return this.#count(sequences, (sequence) => {
      const removed = remove[part].get(sequence) as { bytes: number } | undefined;
      if (removed !== undefined) removeTally[part].run(removed.bytes);
      return removed !== undefined;
    });
  }

  /** All in one transaction, or none. */
  #count(sequences: readonly number[], edit: (sequence: number) => boolean): number {
    return inTransaction(this.#database, () => sequences.filter(edit).length);
  }
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    next: statement("SELECT next_sequence AS sequence FROM tally"),
    retry: statement(
      `INSERT INTO waiting SELECT ?, id, callsign, type, body, bytes, stored_at FROM set_aside
       WHERE sequence = ? RETURNING bytes`,
    ),
    retryTally: statement(
      `UPDATE tally SET next_sequence = next_sequence + 1, waiting = waiting + 1, waiting_bytes = waiting_bytes + ?,
       set_aside = set_aside - 1, set_aside_bytes = set_aside_bytes - ?`,
    ),
    remove: {
      waiting: statement("DELETE FROM waiting WHERE sequence = ? RETURNING bytes"),
      set_aside: statement("DELETE FROM set_aside WHERE sequence = ? RETURNING bytes"),
    },
    removeTally: {
      waiting: statement("UPDATE tally SET waiting = waiting - 1, waiting_bytes = waiting_bytes - ?"),
      set_aside: statement(
        "UPDATE tally SET set_aside = set_aside - 1, set_aside_bytes = set_aside_bytes - ?",
      ),
    },
  };
}
