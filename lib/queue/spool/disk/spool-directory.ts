import { join } from "node:path";
import { makeFolders } from "../../../platform/make-folders.ts";

/** The files of one spool. SQLite puts `-wal` and `-shm` beside the database and gives them its mode. */
export interface SpoolDirectory {
  readonly path: string;
  readonly database: string;
  readonly lock: string;
  readonly ballast: string;
}

export function spoolDirectory(path: string): SpoolDirectory {
  return {
    path,
    database: join(path, "spool.db"),
    lock: join(path, "spool.lock"),
    ballast: join(path, "ballast"),
  };
}

/** Makes the directory, where it is missing, for this user alone: messages are nobody else's business. */
export function makeSpoolDirectory({ path }: SpoolDirectory): void {
  makeFolders(path, { mode: 0o700, durable: true });
}
