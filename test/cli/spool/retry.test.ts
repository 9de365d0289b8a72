import { join } from "node:path";
import { expect, it } from "vitest";
import { retryAll } from "../../../lib/cli/spool/retry.ts";
import { systemClock } from "../../../lib/message/clock.ts";
import { DuplicateWindow } from "../../../lib/queue/spool/disk/duplicate-window.ts";
import { openDatabase } from "../../../lib/queue/spool/disk/spool-database.ts";
import { SpoolEditing } from "../../../lib/queue/spool/disk/spool-editing.ts";
import { SpoolListing } from "../../../lib/queue/spool/disk/spool-listing.ts";
import { SpoolStore } from "../../../lib/queue/spool/disk/spool-store.ts";
import { spoolable } from "../../queue/spool/spooled.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const nothing = { appended: [], receipts: Buffer.alloc(0), removed: [], refused: [] };

it("puts back each that was set aside when it began, once, though the queue refuses some again meanwhile", () => {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "spool.db"));
  const window = new DuplicateWindow(database, { time: 0, limit: 0 }, systemClock, Math.random);
  const store = new SpoolStore(database, window);
  const listing = new SpoolListing(database);
  const editing = new SpoolEditing(database);
  const refuse = (...sequences: readonly number[]) => {
    const refused = sequences.map((sequence) => ({ sequence, reason: "bad" }));
    store.commit({ ...nothing, refused }, 0);
  };
  store.commit({ ...nothing, appended: ["a", "b", "c"].map((id) => spoolable(id)) }, 0);
  refuse(1, 2, 3);
  const retry = (sequences: readonly number[]) => {
    const retried = editing.retry(sequences);
    refuse(4, 5);
    return retried;
  };
  expect(retryAll({ retry }, listing)).toBe(3);
  const setAside = [...listing.list("set_aside")].flat();
  expect(setAside.map(({ sequence, id }) => [sequence, id])).toEqual([
    [4, "a"],
    [5, "b"],
  ]);
  store.close();
});
