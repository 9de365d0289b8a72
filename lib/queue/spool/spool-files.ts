import { statSync } from "node:fs";
import type { SpoolDirectory } from "./spool-directory.ts";

/**
 * The files that hold a spool while it is open. A file that is removed, or whose directory is moved away, goes on to be written
 * to by who has it open, and nobody will find what is in it.
 */
export class SpoolFiles {
  /** Device and inode by path. An inode is not used again as long as the file is open. */
  readonly #opened: ReadonlyMap<string, string | undefined>;

  /** @param directory of a spool that is open, in WAL mode */
  constructor({ database, lock }: SpoolDirectory) {
    this.#opened = new Map([database, `${database}-wal`, lock].map((path) => [path, identity(path)]));
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
