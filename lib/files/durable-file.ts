import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { privateMode } from "./private-file.ts";

/** Replaces a file in one step: after a crash or a power failure it has the old contents or the new, whole. */
export async function replaceFile(path: string, contents: string): Promise<void> {
  const written = `${path}.new`;
  await writeDurably(written, "w", contents);
  await rename(written, path);
  await syncDirectoryOf(path);
}

export async function appendDurably(path: string, contents: string): Promise<void> {
  await writeDurably(path, "a", contents);
}

/** Makes durable that a file was made, renamed or removed. */
async function syncDirectoryOf(path: string): Promise<void> {
  await using directory = await open(dirname(path));
  await directory.sync();
}

async function writeDurably(path: string, flags: "a" | "w", contents: string): Promise<void> {
  await using file = await open(path, flags, privateMode);
  await file.writeFile(contents);
  await file.sync();
}
