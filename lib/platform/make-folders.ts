import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { syncDirectory } from "./sync-directory.ts";

export interface FolderOptions {
  /** Of the last one, whatever the umask; those that are there keep theirs. */
  readonly mode: number;
  /** Whether those that are made are to survive a power failure. Default false. */
  readonly durable?: boolean;
}

/**
 * Makes the folders of a path that are missing, one by one: where the system says of a parent that is there that it is
 * not, as /proc does, Node's recursive way never returns.
 *
 * Those on the way let others through, who cannot list them: a socket may stand beside what is private, and is reached
 * by a web server that is another user.
 */
export function makeFolders(path: string, { mode, durable = false }: FolderOptions): void {
  const missing = missingFolders(path);
  for (const folder of missing) {
    makeFolder(folder, folder === missing.at(-1) ? mode : 0o711);
    // It survives only once its parent is synced.
    if (durable) syncDirectory(dirname(folder));
  }
}

/** The folders of a path that are not there, the outermost first. */
export function missingFolders(path: string): readonly string[] {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  return missing;
}

function makeFolder(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!existsSync(folder)) throw error;
    return;
  }
  // Where the umask is 077, as for root on many machines, the web server could not get to its socket.
  if ((statSync(folder).mode & 0o777) === mode) return;
  try {
    chmodSync(folder, mode);
  } catch {
    // A file system that has no modes of its own.
  }
}
