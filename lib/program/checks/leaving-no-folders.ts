import { rmdirSync } from "node:fs";
import { missingFolders } from "../../platform/make-folders.ts";

/**
 * Does work that makes folders, and removes those again that were not there before; but none that somebody has put something
 * into meanwhile.
 */
export async function leavingNoFolders<Result>(
  folders: readonly string[],
  work: () => Promise<Result> | Result,
): Promise<Result> {
  const missing = new Set(folders.flatMap(missingFolders));
  try {
    return await work();
  } finally {
    for (const folder of [...missing].toSorted((one, other) => other.length - one.length))
      removeEmpty(folder);
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was never made, or is somebody's.
  }
}
