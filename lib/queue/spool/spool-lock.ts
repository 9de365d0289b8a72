import { DatabaseSync } from "node:sqlite";
import { makePrivateFile, type SpoolDirectory } from "./spool-directory.ts";
import { sqliteFailure } from "./sqlite-failure.ts";

/**
 * Keeps a second program off a spool, for as long as this process lives: an exclusive transaction on a database of its
 * own, held by the operating system's file lock, so that nothing stale is left by a crash. The spool's own database
 * stays open to readers.
 *
 * @returns what releases it
 * @throws {Error} when another program has it
 */
export function lockSpool(directory: SpoolDirectory): () => void {
  makePrivateFile(directory.lock);
  const database = new DatabaseSync(directory.lock);
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (sqliteFailure(error) === "busy") throw new Error("another program has it open");
    throw error;
  }
  return () => database.close();
}
