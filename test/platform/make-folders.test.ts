import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { makeFolders } from "../../lib/platform/make-folders.ts";
import { syncDirectory } from "../../lib/platform/sync-directory.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

vi.mock(import("../../lib/platform/sync-directory.ts"), { spy: true });
beforeEach(() => {
  vi.mocked(syncDirectory).mockClear();
});

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("makeFolders", () => {
  it("gives the last one its mode, lets others through those on the way, and leaves what is there", () => {
    using directory = temporaryDirectory();
    const there = join(directory.path, "there");
    mkdirSync(there);
    chmodSync(there, 0o755);
    const path = join(there, "way", "last");
    for (const mode of [0o700, 0o750]) makeFolders(path, { mode });
    expect([there, join(there, "way"), path].map(modeOf)).toEqual([0o755, 0o711, 0o700]);
  });

  it("does so whatever the umask of whoever starts it is", () => {
    using directory = temporaryDirectory();
    const umask = process.umask(0o077);
    try {
      makeFolders(join(directory.path, "way", "last"), { mode: 0o711 });
    } finally {
      process.umask(umask);
    }
    expect(["way", "way/last"].map((name) => modeOf(join(directory.path, name)))).toEqual([0o711, 0o711]);
  });

  it("syncs the parent of each that it makes, once it is made, where they are to last", () => {
    using directory = temporaryDirectory();
    const parent = join(directory.path, "a");
    makeFolders(join(parent, "b"), { mode: 0o700, durable: true });
    expect(vi.mocked(syncDirectory).mock.calls).toEqual([[directory.path], [parent]]);
  });

  it("syncs nothing else", () => {
    using directory = temporaryDirectory();
    makeFolders(directory.path, { mode: 0o700, durable: true });
    makeFolders(join(directory.path, "a"), { mode: 0o700 });
    expect(syncDirectory).not.toHaveBeenCalled();
  });

  it.skipIf(process.platform !== "linux")("fails, rather than hangs, where none can be made", () => {
    expect(() => makeFolders("/proc/postern/run", { mode: 0o700 })).toThrow(/ENOENT/);
  });
});
