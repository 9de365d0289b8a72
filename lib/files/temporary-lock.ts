import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { lockDatabase } from "./file-lock.ts";

/**
 * As `lockFile`, but for a place where no file should be left: it is removed when it is released.
 *
 * @throws {FileLockedError} when another program has it
 */
export function lockTemporaryFile(path: string): () => void {
  const database = lockDatabase(new DatabaseSync(path));
  // Removed while it is held: who has opened it before finds it busy, and who comes after makes another.
  return () => {
    rmSync(path, { force: true });
    database.close();
  };
}
