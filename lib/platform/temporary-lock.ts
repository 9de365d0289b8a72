import { rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { FileLockedError, lockDatabase } from "./file-lock.ts";
import { makePrivateFile } from "./private-file.ts";

/** After which others may be taken to have it again and again. */
const attempts = 100;

/**
 * As `lockFile`, but for a place where no file should be left: it is removed when it is released.
 *
 * @param open opens the database
 * @throws {FileLockedError} when another program has it
 */
export function lockTemporaryFile(
  path: string,
  open: (path: string) => DatabaseSync = (path) => new DatabaseSync(path),
): () => void {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    makePrivateFile(path);
    const before = identity(path);
    const database = lockDatabase(open(path));
    // Its holder may have released, and so removed, it between the opening and the locking: then another can be made, and
    // locked as well. What is locked and still there stays, since only its holder removes it.
    if (before !== undefined && identity(path) === before) {
      return () => {
        rmSync(path, { force: true });
        database.close();
      };
    }
    database.close();
  }
  throw new FileLockedError();
}

/** Of a file; the number of one that is removed may be given to the next, the time at which it was made is not. */
function identity(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino} ${found.ctimeNs}`;
}
