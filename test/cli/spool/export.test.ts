import { fstatSync, fsyncSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { exportToFile } from "../../../lib/cli/spool/export.ts";
import { systemClock } from "../../../lib/message/clock.ts";
import { DuplicateWindow } from "../../../lib/queue/spool/disk/duplicate-window.ts";
import { openDatabase } from "../../../lib/queue/spool/disk/spool-database.ts";
import { SpoolEditing } from "../../../lib/queue/spool/disk/spool-editing.ts";
import { SpoolListing } from "../../../lib/queue/spool/disk/spool-listing.ts";
import { SpoolStore } from "../../../lib/queue/spool/disk/spool-store.ts";
import { spoolable } from "../../queue/spool/spooled.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

vi.mock(import("node:fs"), { spy: true });

function spoolWith(directory: string, messages: number) {
  const database = openDatabase(join(directory, "spool.db"));
  const window = new DuplicateWindow(database, { time: 0, limit: 0 }, systemClock, Math.random);
  const store = new SpoolStore(database, window);
  const appended = Array.from({ length: messages }, (_, number) => spoolable(`${number}`));
  store.commit({ appended, receipts: Buffer.alloc(0), removed: [], refused: [] }, 0);
  return { database, store };
}

/**
 * Exports 1,001 messages, which are a page and one more.
 *
 * @returns what is synced meanwhile, in its order, each with what then stands where
 */
function syncsOfExport(directory: string, remove: boolean): readonly string[] {
  const { database, store } = spoolWith(directory, 1_001);
  const path = join(directory, "exported");
  const synced: string[] = [];
  const listing = new SpoolListing(database);
  vi.mocked(fsyncSync).mockImplementation((descriptor) => {
    const what = fstatSync(descriptor).isDirectory() ? "directory" : "file";
    const lines = readFileSync(path, "utf8").split("\n").length - 1;
    synced.push(`${what}: ${lines} in the file, ${listing.counts().waiting} in the spool`);
  });
  expect(exportToFile(database, "waiting", path, remove)).toEqual({ exported: 1_001, goneMeanwhile: 0 });
  store.close();
  return synced;
}

it("removes messages only once they, and the file's name, survive a power failure", () => {
  using directory = temporaryDirectory();
  expect(syncsOfExport(directory.path, true)).toEqual([
    "directory: 0 in the file, 1001 in the spool",
    "file: 1000 in the file, 1001 in the spool",
    "file: 1001 in the file, 1 in the spool",
    "file: 1001 in the file, 0 in the spool",
  ]);
});

it("ends with a file that survives a power failure where it removes nothing", () => {
  using directory = temporaryDirectory();
  expect(syncsOfExport(directory.path, false)).toEqual([
    "directory: 0 in the file, 1001 in the spool",
    "file: 1001 in the file, 1001 in the spool",
  ]);
});

it("says how many somebody else has taken between the reading and the removal", () => {
  using directory = temporaryDirectory();
  const { database, store } = spoolWith(directory.path, 5);
  vi.mocked(fsyncSync).mockImplementation((descriptor) => {
    if (fstatSync(descriptor).isFile()) new SpoolEditing(database).remove("waiting", [2, 3]);
  });
  const path = join(directory.path, "exported");
  expect(exportToFile(database, "waiting", path, true)).toEqual({ exported: 5, goneMeanwhile: 2 });
  store.close();
});
