import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { privateMode } from "./private-file.ts";

/** Bytes with which SQLite can open any database, its index of the log included. */
const trialBytes = 131_072;

/**
 * Writes a little file into a folder, and removes it again. SQLite says of nearly everything that the system refuses no more
 * than "disk I/O error", also of a quota that is used up.
 *
 * @returns what the system says; undefined when there is nothing to say
 */
export function trialWrite(folder: string): unknown {
  const path = join(folder, "trial");
  try {
    const descriptor = openSync(path, "w", privateMode);
    try {
      // All of it: the system says nothing where it has taken a part.
      writeFileSync(descriptor, Buffer.alloc(trialBytes, "trial"));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
      rmSync(path, { force: true });
    }
    return undefined;
  } catch (error) {
    return error;
  }
}
