import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

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

/**
 * Makes the directory, where it is missing, for this user alone: messages are nobody else's business. What is missing
 * on the way there lets others through, who cannot list it: the socket of the web server may stand beside.
 */
export function makeSpoolDirectory({ path }: SpoolDirectory): void {
  const missing: string[] = [];
  for (let directory = resolve(path); !existsSync(directory); directory = dirname(directory)) {
    missing.unshift(directory);
  }
  // One by one: where the system says of a parent that is there that it is not, as /proc does, Node's recursive way
  // never returns.
  for (const directory of missing) {
    mkdirSync(directory, { mode: directory === missing.at(-1) ? 0o700 : 0o711 });
    // It survives a power failure only once its parent is synced.
    syncDirectory(dirname(directory));
  }
}

/** Makes a file, where it is missing, before SQLite would make it readable to others. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
}

/** Makes names of files in it survive a power failure. */
export function syncDirectory(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
