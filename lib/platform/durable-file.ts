import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { privateMode } from "./private-file.ts";

/**
 * Replaces a file in one step: after a crash or a power failure it has the old contents or the new, whole.
 *
 * @param mode of the new file
 */
export async function replaceFile(
  path: string,
  contents: string | AsyncIterable<Buffer>,
  mode = privateMode,
): Promise<void> {
  const written = `${path}.new`;
  try {
    await writeDurably(written, contents, mode);
    await rename(written, path);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
  await syncDirectoryOf(path);
}

async function writeDurably(
  path: string,
  contents: string | AsyncIterable<Buffer>,
  mode: number,
): Promise<void> {
  await using file = await open(path, "w", mode);
  await file.writeFile(contents);
  await file.sync();
}

/**
 * Appends to a file, which is made where it is missing. What is none, such as `/dev/null` or a pipe, keeps nothing that could
 * be made durable.
 *
 * @returns bytes that the file has then
 */
export async function appendDurably(path: string, contents: string): Promise<number> {
  await using file = await open(path, "a", privateMode);
  const found = await file.stat();
  if (!found.isFile()) {
    await file.writeFile(contents);
    return 0;
  }
  // Made just now, or just before a crash: its name is made durable before anything is in it.
  if (found.size === 0) await syncDirectoryOf(path);
  await file.writeFile(contents);
  await file.sync();
  return (await file.stat()).size;
}

/** Makes durable that a file was made, renamed or removed. */
async function syncDirectoryOf(path: string): Promise<void> {
  await using directory = await open(dirname(path));
  await directory.sync();
}
