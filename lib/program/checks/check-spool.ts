import { accessSync, constants, existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { FileLockedError, lockFile } from "../../platform/file-lock.ts";
import { reasonOf } from "../../platform/reason-of.ts";
import { openExistingSpool } from "../../queue/spool/disk/existing-spool.ts";
import {
  makeSpoolDirectory,
  type SpoolDirectory,
  spoolDirectory,
} from "../../queue/spool/disk/spool-directory.ts";
import { SpoolListing } from "../../queue/spool/disk/spool-listing.ts";
import { leavingNoFolders } from "./leaving-no-folders.ts";
import { runningNote } from "./running-postern.ts";

/** @param limit bytes that it may take */
export async function checkSpool(path: string, limit: number): Promise<string> {
  const directory = spoolDirectory(path);
  return leavingNoFolders([path], async () => {
    const runs = isOpen(directory);
    const waiting = existsSync(directory.database) ? waitingIn(path, runs) : "";
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    const room = free + taken(directory);
    if (room < limit) {
      throw new Error(
        `the disk of ${path} has ${room} bytes for it, less than the spool's limit of ${limit}`,
      );
    }
    return `${path}${runs ? ` (${runningNote})` : ""}, ${waiting}${free} bytes free`;
  });
}

/** Bytes that it has already: removed messages leave theirs to new ones. */
function taken({ database, ballast }: SpoolDirectory): number {
  const files = [database, `${database}-wal`, ballast];
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/**
 * Whether a Postern has it open: nobody else locks it. Its folder is made where it is missing; a lock that is not there is
 * not, since it would stay.
 */
function isOpen(directory: SpoolDirectory): boolean {
  const { path, lock } = directory;
  try {
    makeSpoolDirectory(directory);
    if (existsSync(lock)) lockFile(lock)();
    else accessSync(path, constants.W_OK | constants.X_OK);
    return false;
  } catch (cause) {
    if (cause instanceof FileLockedError) return true;
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Opens it as the program would, where none runs: it takes SQLite's own files away again then, which a reader leaves.
 *
 * @throws {Error} with one line for the operator where that cannot be
 */
function waitingIn(path: string, runs: boolean): string {
  const database = openExistingSpool(path, runs ? "read" : "write");
  try {
    return `${new SpoolListing(database).counts().waiting} messages waiting, `;
  } catch (cause) {
    throw new Error(`cannot read the spool in ${path}: ${reasonOf(cause)}`, { cause });
  } finally {
    database.close();
  }
}
