import { DatabaseSync } from "node:sqlite";
import { makePrivateFile } from "./spool-directory.ts";
import { sqliteFailure } from "./sqlite-failure.ts";

/**
 * Keeps a second program off what the file stands for, for as long as this process lives: an exclusive transaction on a
 * database of its own, held by the operating system's file lock, so that nothing stale is left by a crash. A spool's own
 * database stays open to readers.
 *
 * @param path made where it is missing
 * @returns what releases it
 * @throws {Error} when another program has it
 */
export function lockFile(path: string): () => void {
  makePrivateFile(path);
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (sqliteFailure(error) === "busy") throw new Error("another program has it open");
    throw error;
  }
  return () => database.close();
}
