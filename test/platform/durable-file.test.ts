import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { appendDurably, replaceFile } from "../../lib/platform/durable-file.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** What is synced while something is written, in its order, each with what the path then reads as. */
async function syncsWhile(path: string, write: () => Promise<unknown>): Promise<readonly [string, string][]> {
  await using handle = await open(".");
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  const { sync } = prototype;
  const synced: [string, string][] = [];
  using _ = vi.spyOn(prototype, "sync").mockImplementation(async function (this: FileHandle) {
    await sync.call(this);
    const found = await this.stat();
    synced.push([
      found.isDirectory() ? "directory" : `file of ${found.size} bytes`,
      readFileSync(path, "utf8"),
    ]);
  });
  await write();
  return synced;
}

describe("appendDurably", () => {
  it("syncs the directory of a file that it makes, before anything is in it, and then the file", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "file");
    expect(await syncsWhile(path, () => appendDurably(path, "first"))).toEqual([
      ["directory", ""],
      ["file of 5 bytes", "first"],
    ]);
  });

  it("syncs the directory of an empty file, which may have been made just before a crash", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "file");
    writeFileSync(path, "");
    expect(await syncsWhile(path, () => appendDurably(path, "first"))).toEqual([
      ["directory", ""],
      ["file of 5 bytes", "first"],
    ]);
  });

  it("syncs only the file where something is in it", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "file");
    writeFileSync(path, "old, ");
    expect(await syncsWhile(path, () => appendDurably(path, "new"))).toEqual([
      ["file of 8 bytes", "old, new"],
    ]);
  });

  it("takes what is no file for durable, which the system refuses to sync", async () => {
    expect(await appendDurably("/dev/null", "gone")).toBe(0);
  });
});

describe("replaceFile", () => {
  it("syncs the new file before it takes the place of the old, and then the directory", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "file");
    writeFileSync(path, "old");
    expect(await syncsWhile(path, () => replaceFile(path, "newer"))).toEqual([
      ["file of 5 bytes", "old"],
      ["directory", "newer"],
    ]);
  });

  it("leaves the old file, and nothing beside it, where the new cannot be written", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "file");
    writeFileSync(path, "old");
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from("new");
      throw new Error("no room");
    }
    await expect(replaceFile(path, broken())).rejects.toThrow("no room");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(directory.path)).toEqual(["file"]);
  });
});
