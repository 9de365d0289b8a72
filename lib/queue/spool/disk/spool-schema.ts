import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "./transaction.ts";

/**
 * The layout of the spool's database, step by step: `PRAGMA user_version` counts the steps taken. A released step is
 * never changed; a new layout is a new step.
 *
 * A row of `receipts` has those of many messages; see `ReceiptBlock`.
 *
 * `tally` has one row. It spares a scan at the start, and is changed in the transaction that changes what it counts.
 */
const steps: readonly { readonly tables: readonly string[]; readonly sql: string }[] = [
  {
    tables: ["waiting", "set_aside", "tally"],
    sql: `
  CREATE TABLE waiting (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    callsign TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    stored_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE set_aside (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    callsign TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    set_aside_at INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE TABLE tally (
    row INTEGER PRIMARY KEY CHECK (row = 1),
    next_sequence INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    waiting_bytes INTEGER NOT NULL,
    set_aside INTEGER NOT NULL,
    set_aside_bytes INTEGER NOT NULL
  ) STRICT;
  INSERT INTO tally VALUES (1, 1, 0, 0, 0, 0);
  `,
  },
  {
    tables: ["receipts"],
    sql: `
  CREATE TABLE receipts (
    first INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    receipts BLOB NOT NULL
  ) STRICT;
  `,
  },
];

/**
 * Brings a database, new or older, to the present layout. A crash in between leaves the layout as it was.
 *
 * @throws {Error} when a newer Postern made it, or another program
 */
export function migrate(database: DatabaseSync): void {
  const version = knownLayout(database);
  if (version === steps.length) return;
  inTransaction(database, () => {
    for (const { sql } of steps.slice(version)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${steps.length}`);
  });
}

/**
 * The layout that a database has: 0 for none yet.
 *
 * @throws {Error} when a newer Postern made it, or another program
 */
export function knownLayout(database: DatabaseSync): number {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  const names = database.prepare("SELECT name FROM sqlite_schema").all();
  const tables = new Set(names.map(({ name }) => name));
  // A newer layout has these too. Ours would stand beside another program's own, or in their place.
  const hasOurs = steps.slice(0, version).every((step) => step.tables.every((table) => tables.has(table)));
  if (!hasOurs || (version === 0 && tables.size > 0)) throw new Error("it is not a Postern spool");
  if (version > steps.length) {
    throw new Error(`it has layout ${version}, this Postern knows up to ${steps.length}; run the newer one`);
  }
  return version;
}
