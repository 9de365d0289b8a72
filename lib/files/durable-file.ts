import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { privateMode } from "./private-file.ts";

/** Replaces a file in one step: after a crash or a power failure it has the old contents or the new, whole. */
export async function replaceFile(path: string, contents: string): Promise<void> {
  const written = `${path}.new`;
  {
    await using file = await open(written, "w", privateMode);
    await file.writeFile(contents);
    await file.sync();
  }
  await rename(written, path);
  await syncDirectoryOf(path);
}

/** Appends to a file, which is made where it is missing. */
export async function appendDurably(path: string, contents: string): Promise<void> {
  await using file = await open(path, "a", privateMode);
  // Made just now, or just before a crash: its name is made durable before anything is in it.
  if ((await file.stat()).size === 0) await syncDirectoryOf(path);
  await file.writeFile(contents);
  await file.sync();
}

/** Makes durable that a file was made, renamed or removed. */
async function syncDirectoryOf(path: string): Promise<void> {
  await using directory = await open(dirname(path));
  await directory.sync();
}
