import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { spoolDirectory } from "../../../../lib/queue/spool/disk/spool-directory.ts";
import { SpoolFiles } from "../../../../lib/queue/spool/disk/spool-files.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const names = ["spool.db", "spool.db-wal", "spool.lock"];

function setUp(directory: string) {
  const path = join(directory, "spool");
  mkdirSync(path);
  for (const name of names) writeFileSync(join(path, name), name);
  return { path, files: new SpoolFiles(spoolDirectory(path)) };
}

it("a spool is in place until its directory is moved, and again once it is back", () => {
  using directory = temporaryDirectory();
  const { path, files } = setUp(directory.path);
  expect(files.inPlace).toBe(true);
  renameSync(path, `${path}.moved`);
  expect(files.inPlace).toBe(false);
  writeFileSync(path, "in its way");
  expect(files.inPlace).toBe(false);
  rmSync(path);
  renameSync(`${path}.moved`, path);
  expect(files.inPlace).toBe(true);
});

it("a log that SQLite makes later is its own", () => {
  using directory = temporaryDirectory();
  const { path } = setUp(directory.path);
  rmSync(join(path, "spool.db-wal"));
  const files = new SpoolFiles(spoolDirectory(path));
  writeFileSync(join(path, "spool.db-wal"), "made");
  expect(files.inPlace).toBe(true);
});

it.each(names)("a spool whose %s is another one is not in place", (name) => {
  using directory = temporaryDirectory();
  const { path, files } = setUp(directory.path);
  writeFileSync(join(path, "other"), name);
  renameSync(join(path, "other"), join(path, name));
  expect(files.inPlace).toBe(false);
});
