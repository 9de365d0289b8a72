import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { beginning } from "../../lib/client/position.ts";
import { RejectedFile } from "../../lib/client/rejected-file.ts";
import type { Rejection } from "../../lib/client/rejection.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const rejection = (index: number, text = Buffer.from(`${index}`)): Rejection => ({
  message: {
    position: { ...beginning, index },
    next: beginning,
    text,
    tooLong: false,
  },
  problem: { status: 400, detail: "wrong" },
});

/** Which messages of which inputs stand in it. */
function contents(path: string): readonly string[] {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line)).map(({ file, index }) => `${file} ${index}`);
}

async function opened(path: string, source: string, bytesBefore?: number): Promise<RejectedFile> {
  const rejected = new RejectedFile(path, source);
  await rejected.open(bytesBefore);
  return rejected;
}

describe("RejectedFile", () => {
  it("leaves out what is to be written again, and keeps what other inputs have written since", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "rejected");
    const one = await opened(path, "one");
    await one.append([rejection(0)]);
    const { bytes } = one;
    await (await opened(path, "other")).append([rejection(1), rejection(2)]);
    await one.append([rejection(3)]);
    await (await opened(path, "other")).append([rejection(4)]);

    const again = await opened(path, "one", bytes);
    expect(contents(path)).toEqual(["one 0", "other 1", "other 2", "other 4"]);
    expect(again.bytes).toBe(statSync(path).size);
    await again.append([rejection(5)]);
    expect(contents(path)).toEqual(["one 0", "other 1", "other 2", "other 4", "one 5"]);
    expect(again.bytes).toBe(statSync(path).size);
    expect(readdirSync(directory.path)).toEqual(["rejected"]);
  });

  it.each([
    ["JSON as it was sent", Buffer.from('{"n": 1.00}'), '"message":{"n": 1.00}}\n'],
    ["other text", Buffer.from('{"n": 1'), '"raw":"{\\"n\\": 1"}\n'],
    ["bytes that are no text", Buffer.from('{"n":"\xe9"}', "latin1"), '"base64":"eyJuIjoi6SJ9"}\n'],
  ])("keeps %s", async (_, text, end) => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "rejected");
    await (await opened(path, "one")).append([rejection(0, text)]);
    expect(readFileSync(path, "utf8").endsWith(end)).toBe(true);
  });

  it("says before anything is sent that it cannot be written", async () => {
    using directory = temporaryDirectory();
    const missing = join(directory.path, "missing", "rejected");
    await expect(opened(missing, "a")).rejects.toThrow(
      `${missing} cannot be written: there is no such folder; choose another with --rejected`,
    );
    await expect(opened(directory.path, "a")).rejects.toThrow(/ cannot be written: it is a directory; /);
    expect(existsSync((await opened(join(directory.path, "rejected"), "a")).path)).toBe(false);
  });

  it("takes no room for another copy where nothing but its own is left out", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "rejected");
    const rejected = await opened(path, "a");
    await rejected.append([rejection(0)]);
    const { bytes } = rejected;
    await rejected.append([rejection(1), rejection(2)]);
    const before = statSync(path).ino;
    await (await opened(path, "a", bytes)).append([rejection(3)]);
    expect(statSync(path).ino).toBe(before);
    expect(contents(path)).toEqual(["a 0", "a 3"]);
  });

  it("has all of it at any moment, the old or the new", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "rejected");
    await (await opened(path, "one")).append([rejection(0)]);
    await (await opened(path, "other")).append([rejection(1)]);
    await using handle = await open(path);
    const prototype: FileHandle = Object.getPrototypeOf(handle);
    const { sync } = prototype;
    const seen: (readonly string[])[] = [];
    using _ = vi.spyOn(prototype, "sync").mockImplementation(function (this: FileHandle) {
      seen.push(contents(path));
      return sync.call(this);
    });
    await opened(path, "one", 0);
    expect(seen).toEqual([["one 0", "other 1"], ["other 1"]]);
  });

  it("is not touched where nothing is to be left out", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "rejected");
    await (await opened(path, "other")).append([rejection(0)]);
    const { ino } = statSync(path);
    expect((await opened(path, "one", 0)).bytes).toBe(statSync(path).size);
    expect(contents(path)).toEqual(["other 0"]);
    expect(statSync(path).ino).toBe(ino);
    await opened(join(directory.path, "missing"), "one", 100);
    expect(existsSync(join(directory.path, "missing"))).toBe(false);
  });

  it("stays where a link leads, and as readable as its owner has made it", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "rejected");
    const link = join(directory.path, "link");
    await (await opened(path, "one")).append([rejection(0)]);
    chmodSync(path, 0o640);
    symlinkSync(path, link);
    await opened(link, "one", 0);
    expect(statSync(path)).toMatchObject({ size: 0, mode: 0o100640 });
  });

  it("knows how far it is also where another input writes at the same time", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "rejected");
    const one = await opened(path, "one");
    const other = await opened(path, "other");
    await one.append([rejection(0)]);
    await other.append([rejection(1)]);
    await one.append([rejection(2)]);
    await opened(path, "other", other.bytes);
    await opened(path, "one", one.bytes);
    expect(contents(path)).toEqual(["one 0", "other 1", "one 2"]);
  });

  it.each([
    ["", 0],
    ['{"fi', 100],
  ])(
    "leaves out what a power failure has made zeroes of behind %j, whosever it was",
    async (before, more) => {
      using directory = temporaryDirectory();
      const path = join(directory.path, "rejected");
      const one = await opened(path, "one");
      await one.append([rejection(0)]);
      const { bytes } = one;
      appendFileSync(path, `${before}${"\0".repeat(more + 3)}`);
      await (await opened(path, "other")).append([rejection(1)]);
      await opened(path, "one", bytes);
      expect(contents(path)).toEqual(["one 0", "other 1"]);
    },
  );

  it("begins on a line of its own behind one that a crash has cut short, which goes when it is written again", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "rejected");
    for (const cut of ['{"fi', '{"file":"other","line":1,"in']) {
      writeFileSync(path, cut);
      await (await opened(path, "one")).append([rejection(0)]);
      await (await opened(path, "other", 0)).append([rejection(1)]);
      expect(contents(path)).toEqual(["one 0", "other 1"]);
    }
  });
});
