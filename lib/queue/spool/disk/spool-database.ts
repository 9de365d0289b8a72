import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { makePrivateFile } from "../../../platform/private-file.ts";
import { knownLayout, migrate } from "./spool-schema.ts";

/** Bytes of a page of a new database: twice SQLite's default, as a message takes most of a kilobyte. */
const pageSize = 8_192;
/** Pages that the write-ahead log has when it is copied into the database: 4 MiB. */
const logPages = 512;
/** SQLite's own cache of pages: 1 MiB, whatever the depth of the spool. Only its two ends are in use. */
const cacheKibibytes = 1_024;
/** Bytes to which a write-ahead log that a long-running reader has let grow is cut back. */
export const logLimit = 67_108_864;
/** Milliseconds that a commit waits for another program that is writing, such as `postern spool retry`. */
const busyTimeout = 5_000;
/** Bytes of a write-ahead log that has nothing in it. */
const logHeader = 32;

/**
 * Opens the spool's database, new or left by any crash. With `synchronous=FULL` a commit that returned is synced
 * (https://sqlite.org/pragma.html#pragma_synchronous); in WAL mode other programs can read meanwhile.
 *
 * @throws {Error} SQLite's, or that of a layout which is too new, or of a log whose database is gone
 */
export function openDatabase(path: string): DatabaseSync {
  refuseOrphanedLog(path);
  makePrivateFile(path);
  const database = new DatabaseSync(path, { timeout: busyTimeout });
  try {
    // Before anything is changed of what may be another program's.
    knownLayout(database);
    database.exec(
      `PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
       PRAGMA cache_size = -${cacheKibibytes}; PRAGMA wal_autocheckpoint = ${logPages};
       PRAGMA journal_size_limit = ${logLimit}`,
    );
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite removes it without a word. No crash leaves it so, but a slip of the operator or damage may. */
function refuseOrphanedLog(path: string): void {
  const log = `${path}-wal`;
  const size = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size(path) > 0 || size(log) <= logHeader) return;
  throw new Error(
    `${path} is missing or empty, but there may be messages in its log: put it back, or move ${log} away to start anew`,
  );
}
