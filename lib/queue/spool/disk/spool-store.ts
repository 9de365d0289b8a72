import { statSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { SpoolContents } from "../spool-state.ts";
import { type SpoolableMessage, type SpooledMessage, totalBytes } from "../spooled-message.ts";
import type { DuplicateWindow } from "./duplicate-window.ts";
import type { Receipts } from "./receipts.ts";
import { sequenceRuns } from "./sequence-runs.ts";
import { inTransaction } from "./transaction.ts";
import type { PageLimit, WaitingMessages } from "./waiting-messages.ts";

/** A message that the queue will never take. */
export interface Refusal {
  readonly sequence: number;
  readonly reason: string;
}

/** What one transaction does. */
export interface SpoolChange {
  /** New messages, in the order of their acceptance. */
  readonly appended: readonly SpoolableMessage[];
  /** Sequences of waiting messages that the queue has. Those no longer there are passed over. */
  readonly removed: readonly number[];
  /** Waiting messages that the queue refused. */
  readonly refused: readonly Refusal[];
  /** Of the new messages, to know repeats of them. */
  readonly receipts: Receipts;
}

interface Tally {
  readonly waiting: number;
  readonly waiting_bytes: number;
  readonly set_aside: number;
  readonly set_aside_bytes: number;
}

interface Removed {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * The spool on disk: SQLite in WAL mode with `synchronous=FULL`, so that a commit that returned is synced
 * (https://sqlite.org/pragma.html#pragma_synchronous). All methods block. The pages of removed messages are used
 * again; the file keeps the size that it once had.
 *
 * Other programs may read the database at any time, and write to it in transactions that keep `tally` true.
 */
export class SpoolStore implements WaitingMessages {
  readonly #database: DatabaseSync;
  readonly #window: DuplicateWindow;
  readonly #statements: ReturnType<typeof prepare>;
  #dataVersion = 0;
  /** Whether what was there at the opening is known to be durable. */
  #isConfirmed = false;

  /**
   * @param database as `openDatabase` gives it; this closes it
   * @param window in the same database
   */
  constructor(database: DatabaseSync, window: DuplicateWindow) {
    this.#database = database;
    this.#window = window;
    this.#statements = prepare(database);
    this.changedByOthers();
  }

  /**
   * All of the change or, if it throws, nothing of it. Durable once this returns.
   *
   * @param now wall clock, in milliseconds since the Unix epoch
   * @returns the new messages as they stand in the spool
   * @throws {Error} SQLite's; see `sqliteFailure`. The store can be used as before.
   */
  commit(change: SpoolChange, now: number): readonly SpooledMessage[] {
    const at = Math.trunc(now);
    const { appended, recorded } = inTransaction(this.#database, () => {
      const appended = this.#append(change.appended, at);
      this.#remove(change.removed);
      for (const refusal of change.refused) this.#setAside(refusal, at);
      return { appended, recorded: this.#window.record(change.receipts) };
    });
    recorded();
    return appended;
  }

  /** Waiting messages in their order, from the first whose sequence is above `after`; none only at the end. */
  page(after: number, limit: PageLimit): readonly SpooledMessage[] {
    const messages: SpooledMessage[] = [];
    let bytes = 0;
    for (const row of this.#statements.page.iterate(after, limit.messages)) {
      const message = row as unknown as SpooledMessage;
      messages.push(message);
      bytes += message.bytes;
      if (bytes >= limit.bytes) break;
    }
    return messages;
  }

  /** Those of one group among the sequences from `first` to `last`, in their order. */
  pageOf(group: string, first: number, last: number, most: number): readonly SpooledMessage[] {
    return this.#statements.pageOf.all(group, first, last, most) as unknown as readonly SpooledMessage[];
  }

  contents(): SpoolContents {
    const tally = this.#statements.tally.get() as unknown as Tally;
    const oldest = this.#statements.oldest.get() as { stored_at: number } | undefined;
    return {
      waiting: tally.waiting,
      waitingBytes: tally.waiting_bytes,
      setAside: tally.set_aside,
      setAsideBytes: tally.set_aside_bytes,
      oldestStoredAt: oldest?.stored_at ?? null,
    };
  }

  /** Whether another program has written since this was last asked. */
  changedByOthers(): boolean {
    // https://sqlite.org/pragma.html#pragma_data_version: commits of this connection do not change it.
    const { data_version: version } = this.#statements.dataVersion.get() as { data_version: number };
    const changed = version !== this.#dataVersion;
    this.#dataVersion = version;
    return changed;
  }

  /** Bytes within the database's file that new messages can use without its growing. */
  freeBytes(): number {
    const free = this.#statements.freePages.get() as { freelist_count: number };
    const size = this.#statements.pageSize.get() as { page_size: number };
    return free.freelist_count * size.page_size;
  }

  /**
   * Of what a crash of the program left in the log, only the system's memory may have some: it was never synced, or the sync
   * failed. SQLite goes on behind it all the same, and a repeat of it would be acknowledged without a write. So, once, it is
   * copied into the database, which syncs it, and the log is begun anew.
   *
   * @throws {Error} SQLite's; then it is not known to be durable yet
   */
  confirm(): void {
    if (this.#isConfirmed) return;
    this.checkpoint();
    this.probe();
    this.#isConfirmed = true;
  }

  /** Bytes of the write-ahead log's file. */
  get logBytes(): number {
    const path = `${this.#database.location()}-wal`;
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /**
   * Writes where the next message would be, and syncs, and changes nothing.
   *
   * @throws {Error} where `commit` would
   */
  probe(): void {
    const { nextSequence, append, remove } = this.#statements;
    inTransaction(this.#database, () => {
      const { next_sequence: sequence } = nextSequence.get() as { next_sequence: number };
      append.run(sequence, "", "", "", "", 0, 0);
      remove.run(sequence, sequence);
      this.#window.probe();
    });
  }

  /**
   * Copies the write-ahead log into the database, so that the log's room can be used again.
   *
   * @throws {Error} SQLite's, when the database would have to grow and cannot
   */
  checkpoint(): void {
    this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** Also copies the write-ahead log into the database, where no other program reads. */
  close(): void {
    this.#database.close();
  }

  #append(messages: readonly SpoolableMessage[], storedAt: number): readonly SpooledMessage[] {
    if (messages.length === 0) return [];
    const bytes = totalBytes(messages);
    const { appendTally, append, appendTogether } = this.#statements;
    const tally = appendTally.get(messages.length, messages.length, bytes) as { next_sequence: number };
    const first = tally.next_sequence - messages.length;
    const spooled: SpooledMessage[] = [];
    let values: Value[] = [];
    for (const [index, { id, callsign, type, body, bytes }] of messages.entries()) {
      const sequence = first + index;
      spooled.push({ sequence, id, callsign, type, body, bytes, storedAt });
      values.push(sequence, id, callsign, type, body, bytes, storedAt);
      if (values.length < valuesTogether) continue;
      appendTogether.run(...values);
      values = [];
    }
    for (let at = 0; at < values.length; at += columns) append.run(...values.slice(at, at + columns));
    return spooled;
  }

  #remove(sequences: readonly number[]): void {
    if (sequences.length === 0) return;
    let messages = 0;
    let bytes = 0;
    for (const { first, last } of sequenceRuns(sequences)) {
      const sum = this.#statements.sum.get(first, last) as unknown as Removed;
      this.#statements.remove.run(first, last);
      messages += sum.messages;
      bytes += sum.bytes;
    }
    this.#statements.removeTally.run(messages, bytes);
  }

  #setAside({ sequence, reason }: Refusal, now: number): void {
    const moved = this.#statements.setAside.get(now, reason, sequence) as { bytes: number } | undefined;
    if (moved === undefined) return;
    this.#statements.remove.run(sequence, sequence);
    this.#statements.setAsideTally.run(moved.bytes, moved.bytes);
  }
}

/** Of a column of `waiting`. */
type Value = SpooledMessage[keyof SpooledMessage];

/** Of `waiting`. */
const columns = 7;

/** Rows that one statement inserts: running it once takes as long as two rows. */
const rowsTogether = 10;
const valuesTogether = rowsTogether * columns;

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  const row = `(${Array(columns).fill("?").join()})`;
  const message = "sequence, id, callsign, type, body, bytes, stored_at AS storedAt";
  return {
    page: statement(`SELECT ${message} FROM waiting WHERE sequence > ? ORDER BY sequence LIMIT ?`),
    pageOf: statement(
      `SELECT ${message} FROM waiting WHERE callsign = ? AND sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?`,
    ),
    oldest: statement("SELECT stored_at FROM waiting ORDER BY sequence LIMIT 1"),
    tally: statement("SELECT waiting, waiting_bytes, set_aside, set_aside_bytes FROM tally"),
    dataVersion: statement("PRAGMA data_version"),
    nextSequence: statement("SELECT next_sequence FROM tally"),
    freePages: statement("PRAGMA freelist_count"),
    pageSize: statement("PRAGMA page_size"),
    append: statement(`INSERT INTO waiting VALUES ${row}`),
    appendTogether: statement(`INSERT INTO waiting VALUES ${Array(rowsTogether).fill(row).join()}`),
    appendTally: statement(
      `UPDATE tally SET next_sequence = next_sequence + ?, waiting = waiting + ?,
       waiting_bytes = waiting_bytes + ? RETURNING next_sequence`,
    ),
    sum: statement(
      `SELECT count(*) AS messages, coalesce(sum(bytes), 0) AS bytes FROM waiting
       WHERE sequence BETWEEN ? AND ?`,
    ),
    remove: statement("DELETE FROM waiting WHERE sequence BETWEEN ? AND ?"),
    removeTally: statement("UPDATE tally SET waiting = waiting - ?, waiting_bytes = waiting_bytes - ?"),
    setAside: statement(
      `INSERT INTO set_aside SELECT sequence, id, callsign, type, body, bytes, stored_at, ?, ?
       FROM waiting WHERE sequence = ? RETURNING bytes`,
    ),
    setAsideTally: statement(
      `UPDATE tally SET waiting = waiting - 1, waiting_bytes = waiting_bytes - ?, set_aside = set_aside + 1,
       set_aside_bytes = set_aside_bytes + ?`,
    ),
  };
}
