import { statSync } from "node:fs";
import type { SpoolDirectory } from "./spool-directory.ts";

/**
 * The files that hold a spool while it is open. A file that is removed, or whose directory is moved away, goes on to be written
 * to by who has it open, and nobody will find what is in it.
 */
export class SpoolFiles {
  /** Device and inode by path. An inode is not used again as long as the file is open. */
  readonly #opened = new Map<string, string>();

  /** @param directory of a spool that is open */
  constructor({ database, lock }: SpoolDirectory) {
    // Where SQLite has no log yet, or none at all, one that it makes later is not missed.
    for (const path of [database, `${database}-wal`, lock]) {
      const opened = identity(path);
      if (opened !== undefined) this.#opened.set(path, opened);
    }
  }

  /** Whether those are still where they were opened. */
  get inPlace(): boolean {
    for (const [path, opened] of this.#opened) if (identity(path) !== opened) return false;
    return true;
  }
}

function identity(path: string): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? undefined : `${stat.dev} ${stat.ino}`;
  } catch {
    // A path through what is no directory any more.
    return undefined;
  }
}
