import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { FileLockedError } from "../../lib/platform/file-lock.ts";
import { lockTemporaryFile } from "../../lib/platform/temporary-lock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

describe("lockTemporaryFile", () => {
  it("keeps others off until it is released, and leaves no file then", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "lock");
    const unlock = lockTemporaryFile(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => lockTemporaryFile(path)).toThrow(FileLockedError);
    unlock();
    expect(existsSync(path)).toBe(false);
    lockTemporaryFile(path)();
  });

  it("is had by one alone, also where another had opened the file before it was released and removed", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "lock");
    const unlock = lockTemporaryFile(path);
    let opened = 0;
    const unlockSecond = lockTemporaryFile(path, (file) => {
      const database = new DatabaseSync(file);
      opened += 1;
      if (opened === 1) unlock();
      return database;
    });
    expect(opened).toBe(2);
    expect(() => lockTemporaryFile(path)).toThrow(FileLockedError);
    unlockSecond();
    expect(existsSync(path)).toBe(false);
  });

  it("is had by one alone, also where a third has made the file anew in between", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "lock");
    const unlock = lockTemporaryFile(path);
    let unlockThird: (() => void) | undefined;
    const second = () =>
      lockTemporaryFile(path, (file) => {
        const database = new DatabaseSync(file);
        if (unlockThird === undefined) {
          unlock();
          unlockThird = lockTemporaryFile(path);
        }
        return database;
      });
    expect(second).toThrow(FileLockedError);
    unlockThird?.();
    lockTemporaryFile(path)();
  });

  it("is given up where the file is gone each time", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "lock");
    const gone = () =>
      lockTemporaryFile(path, (file) => {
        const database = new DatabaseSync(file);
        rmSync(file);
        return database;
      });
    expect(gone).toThrow(FileLockedError);
  });
});
