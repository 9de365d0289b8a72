import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { FileLockedError, lockDatabase, lockFile } from "../../lib/platform/file-lock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const module = new URL("../../lib/platform/file-lock.ts", import.meta.url).href;

/** Whether another program could have the lock now. */
function isFree(path: string): boolean {
  const script = `
    const { lockFile } = await import(${JSON.stringify(module)});
    try { lockFile(process.argv[1]); console.log("free"); } catch (error) { console.log(error.message); }`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script, path], {
    encoding: "utf8",
  });
  if (said === "free\n") return true;
  expect(said).toBe("another program has it open\n");
  return false;
}

describe("lockFile", () => {
  it("keeps other programs off until it is released, and is left there for its owner alone", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "lock");
    const unlock = lockFile(path);
    expect(isFree(path)).toBe(false);
    unlock();
    expect(isFree(path)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  // The system drops a process's locks on a file whenever that process closes the file (fcntl(2)).
  it("is not lost when this program tries to have it a second time", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "lock");
    const unlock = lockFile(path);
    expect(() => lockFile(path)).toThrow(FileLockedError);
    expect(isFree(path)).toBe(false);
    unlock();
  });

  it("cannot be had of a file that may only be read, which several programs could have at once", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "lock");
    lockFile(path)();
    expect(() => lockDatabase(new DatabaseSync(path, { readOnly: true }))).toThrow(/readonly/);
  });
});
