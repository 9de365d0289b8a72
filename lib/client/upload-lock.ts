import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { sqliteFailure } from "../queue/spool/sqlite-failure.ts";

/**
 * Keeps a second upload off a state file for as long as this process lives. The operating system's file lock does it, by
 * an exclusive transaction on a database made for it, so that nothing stale is left by a crash.
 *
 * @returns what releases it and removes its file; undefined when another process has it
 * @throws when the file cannot be made
 */
export function lockUpload(statePath: string): (() => void) | undefined {
  const path = `${statePath}.lock`;
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (sqliteFailure(error) === "busy") return undefined;
    throw error;
  }
  // Removed while it is held: who has opened it before finds it busy, and who comes after makes another.
  return () => {
    rmSync(path, { force: true });
    database.close();
  };
}
