import { accessSync, constants } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { makePrivateFile } from "./private-file.ts";
import { sqliteFailure } from "./sqlite-failure.ts";

/** Another program has what a lock stands for. */
export class FileLockedError extends Error {
  override readonly name = "FileLockedError";

  constructor() {
    super("another program has it open");
  }
}

/**
 * Keeps a second program off what the file stands for, for as long as this process lives: an exclusive transaction on a
 * database of its own, held by the operating system's file lock, so that nothing stale is left by a crash. A spool's own
 * database stays open to readers.
 *
 * @param path made where it is missing, and left there
 * @returns what releases it
 * @throws {FileLockedError} when another program has it
 */
export function lockFile(path: string): () => void {
  makePrivateFile(path);
  // The system says what is wrong, with the path, where SQLite does not.
  accessSync(path, constants.R_OK | constants.W_OK);
  const database = lockDatabase(new DatabaseSync(path));
  return () => database.close();
}

/** @throws {FileLockedError} when another program has it; it is closed then */
export function lockDatabase(database: DatabaseSync): DatabaseSync {
  try {
    // Without something to write, a file that may only be read would be locked for reading, by as many as like.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 0");
    return database;
  } catch (error) {
    database.close();
    throw sqliteFailure(error) === "busy" ? new FileLockedError() : error;
  }
}
