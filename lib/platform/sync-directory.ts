import { closeSync, fsyncSync, openSync } from "node:fs";

/** Makes names of files in it survive a power failure. */
export function syncDirectory(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
