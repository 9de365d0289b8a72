import { closeSync, existsSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../lib/message/clock.ts";
import { sqliteFailure } from "../../../../lib/platform/sqlite-failure.ts";
import { DuplicateWindow } from "../../../../lib/queue/spool/disk/duplicate-window.ts";
import { openDatabase } from "../../../../lib/queue/spool/disk/spool-database.ts";
import { SpoolStore } from "../../../../lib/queue/spool/disk/spool-store.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";
import { spoolable } from "../spooled.ts";

const nothing = { appended: [], receipts: Buffer.alloc(0), removed: [], refused: [] };
const none = { time: 0, limit: 0 };
const wide = { messages: 100, bytes: 1_000_000 };

function message(id: string, body = "{}") {
  return spoolable(id, { body, bytes: body.length + 10 });
}

/** What the table has of it. */
function onDisk(id: string, body?: string) {
  const { timeCreated: _, timeUploaded: __, ...columns } = message(id, body);
  return columns;
}

function failureOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return sqliteFailure(error);
  }
  return "none";
}

describe("SpoolStore", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let database: DatabaseSync;
  let store: SpoolStore;
  const path = () => join(directory.path, "spool.db");
  const open = () => {
    database = openDatabase(path());
    store = new SpoolStore(database, new DuplicateWindow(database, none, systemClock, Math.random));
  };

  beforeEach(() => {
    directory = temporaryDirectory();
    open();
  });
  afterEach(() => {
    if (database.isOpen) store.close();
    directory[Symbol.dispose]();
  });

  it("is probed by a write that is really one", () => {
    store.commit({ ...nothing, appended: [message("a")] }, 0);
    const before = statSync(`${path()}-wal`).size;
    store.probe();
    expect(statSync(`${path()}-wal`).size).toBeGreaterThan(before);
    database.close();
    open();
    expect(store.contents().waiting).toBe(1);
  });

  it.each(["waiting", "receipts"])(
    "is probed where the next of %s would be: there may be damage",
    (table) => {
      const window = new DuplicateWindow(database, { time: 1, limit: 1_000 }, systemClock, Math.random);
      store = new SpoolStore(database, window);
      for (let number = 0; number < 200; number += 1) {
        const appended = [message(`id-${number}`, "x".repeat(1_000))];
        store.commit({ ...nothing, appended, receipts: window.sort(appended).receipts }, 0);
      }
      const last = "SELECT pageno FROM dbstat WHERE name = ? ORDER BY path DESC LIMIT 1";
      const { pageno } = database.prepare(last).get(table) as { pageno: number };
      store.probe();
      store.checkpoint();
      const file = openSync(path(), "r+");
      writeSync(file, Buffer.alloc(8_192, 0xff), 0, 8_192, (pageno - 1) * 8_192);
      closeSync(file);
      database.exec("PRAGMA shrink_memory");
      expect(() => store.probe()).toThrow("malformed");
    },
  );

  it("gives back what was stored, in order and whole, also after it was closed", () => {
    store.commit({ ...nothing, appended: [message("a", '{"é":1}'), message("b")] }, 7_000);
    store.commit({ ...nothing, appended: [message("c")] }, 8_000);
    store.close();
    open();
    expect(store.page(0, wide)).toEqual([
      { ...onDisk("a", '{"é":1}'), sequence: 1, storedAt: 7_000 },
      { ...onDisk("b"), sequence: 2, storedAt: 7_000 },
      { ...onDisk("c"), sequence: 3, storedAt: 8_000 },
    ]);
    expect(store.contents()).toEqual({
      waiting: 3,
      waitingBytes: 41,
      setAside: 0,
      setAsideBytes: 0,
      oldestStoredAt: 7_000,
    });
  });

  it("reads in pages, each up to its messages and not far beyond its bytes", () => {
    store.commit({ ...nothing, appended: ["a", "b", "c", "d"].map((id) => message(id)) }, 0);
    const ids = (after: number, messages: number, bytes: number) =>
      store.page(after, { messages, bytes }).map(({ id }) => id);
    expect(ids(0, 2, 1_000)).toEqual(["a", "b"]);
    expect(ids(2, 2, 1_000)).toEqual(["c", "d"]);
    expect(ids(0, 4, 13)).toEqual(["a", "b"]);
    expect(ids(0, 4, 1)).toEqual(["a"]);
    expect(ids(4, 4, 1_000)).toEqual([]);
  });

  it("reads those of one group among some sequences, up to so many", () => {
    const appended = ["a", "b", "c", "d", "e"].map((id, index) => {
      return spoolable(id, { callsign: index % 2 === 0 ? "A" : "B" });
    });
    store.commit({ ...nothing, appended }, 7_000);
    const [first] = store.page(0, wide);
    expect(store.pageOf("A", 1, 1, 9)).toEqual([first]);
    const ids = (...range: [string, number, number, number]) => store.pageOf(...range).map(({ id }) => id);
    expect(ids("A", 1, 5, 9)).toEqual(["a", "c", "e"]);
    expect(ids("A", 2, 5, 1)).toEqual(["c"]);
    expect(ids("B", 3, 4, 9)).toEqual(["d"]);
    expect(ids("C", 1, 5, 9)).toEqual([]);
  });

  it("removes what has been delivered, passes over what is gone, and never uses a sequence twice", () => {
    store.commit({ ...nothing, appended: ["a", "b", "c"].map((id) => message(id)) }, 0);
    store.commit({ ...nothing, removed: [3, 1, 99] }, 0);
    store.commit({ ...nothing, removed: [3] }, 0);
    expect(store.contents()).toMatchObject({ waiting: 1, waitingBytes: 12 });
    store.commit({ ...nothing, removed: [2] }, 0);
    expect(store.contents()).toMatchObject({ waiting: 0, waitingBytes: 0, oldestStoredAt: null });
    store.close();
    open();
    store.commit({ ...nothing, appended: [message("d")] }, 0);
    expect(store.page(0, wide).map(({ sequence }) => sequence)).toEqual([4]);
  });

  it("sets aside what was refused, whole and with the reason", () => {
    store.commit({ ...nothing, appended: [message("a"), message("b")] }, 5);
    store.commit({ ...nothing, refused: [{ sequence: 1, reason: "bad" }] }, 9);
    expect(store.page(0, wide).map(({ id }) => id)).toEqual(["b"]);
    expect(store.contents()).toMatchObject({ waiting: 1, waitingBytes: 12, setAside: 1, setAsideBytes: 12 });
    expect(database.prepare("SELECT * FROM set_aside").all()).toEqual([
      { sequence: 1, ...onDisk("a"), stored_at: 5, set_aside_at: 9, reason: "bad" },
    ]);
  });

  it("does all of a change or, on a full disk, nothing of it, and goes on when there is room", () => {
    store.commit({ ...nothing, appended: [message("a")] }, 0);
    const before = store.contents();
    database.exec("PRAGMA max_page_count = 20");
    const large = Array.from({ length: 40 }, (_, index) => message(`large-${index}`, "x".repeat(4_000)));
    expect(failureOf(() => store.commit({ ...nothing, appended: large, removed: [1] }, 0))).toBe("disk_full");
    expect(store.contents()).toEqual(before);
    database.exec("PRAGMA max_page_count = 1000");
    store.commit({ ...nothing, appended: large, removed: [1] }, 0);
    expect(store.contents().waiting).toBe(40);
  });

  it("uses the room of removed messages again", () => {
    const many = (round: number) =>
      Array.from({ length: 50 }, (_, index) => message(`${round}-${index}`, "x".repeat(4_000)));
    for (const round of [0, 1, 2, 3]) {
      store.commit({ ...nothing, appended: many(round) }, 0);
      store.commit({ ...nothing, removed: store.page(0, wide).map(({ sequence }) => sequence) }, 0);
    }
    expect(store.freeBytes()).toBeGreaterThan(200_000);
    store.close();
    expect(statSync(path()).size).toBeLessThan(400_000);
    open();
  });

  it("can be read by another program meanwhile", () => {
    store.commit({ ...nothing, appended: [message("a")] }, 0);
    const reader = new DatabaseSync(path(), { readOnly: true });
    expect(reader.prepare("SELECT id FROM waiting").all()).toEqual([{ id: "a" }]);
    store.commit({ ...nothing, appended: [message("b")] }, 0);
    expect(reader.prepare("SELECT waiting FROM tally").get()).toEqual({ waiting: 2 });
    reader.close();
  });

  it("syncs each commit", () => {
    expect(database.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
    expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  });

  it("keeps its files to this user", () => {
    store.commit({ ...nothing, appended: [message("a")] }, 0);
    for (const file of [path(), `${path()}-wal`, `${path()}-shm`]) {
      expect(existsSync(file)).toBe(true);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  it("starts within a moment, and reads only its page, however much waits", () => {
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO waiting SELECT i, 'id-' || i, 'M0ZDR', 'LISTENER_INFO', '{}', 12, 0 FROM n;
      UPDATE tally SET waiting = 100000, next_sequence = 100001`);
    store.close();
    const began = performance.now();
    open();
    expect(store.contents().waiting).toBe(100_000);
    expect(store.page(0, wide)).toHaveLength(100);
    expect(performance.now() - began).toBeLessThan(500);
    const plan = database.prepare(
      "EXPLAIN QUERY PLAN SELECT * FROM waiting WHERE sequence > ? ORDER BY sequence",
    );
    expect(plan.all(0)).toMatchObject([
      { detail: expect.stringMatching(/^SEARCH waiting USING INTEGER PRIMARY KEY/) },
    ]);
  });

  it("has pages of 8 KiB, in which a message fits", () => {
    expect(database.prepare("PRAGMA page_size").get()).toEqual({ page_size: 8_192 });
  });

  it.each([
    ["that has tables of its own", "CREATE TABLE waiting (name TEXT)"],
    ["of a version that none of ours has", "CREATE TABLE users (name TEXT); PRAGMA user_version = 41"],
    ["that has but a view", "CREATE VIEW one AS SELECT 1"],
    ["of a version like ours", "CREATE TABLE users (name TEXT); PRAGMA user_version = 1"],
    ["that has lost a table", "CREATE TABLE waiting (name TEXT); PRAGMA user_version = 2"],
  ])("leaves another program's database as it is: one %s", (_, sql) => {
    const other = join(directory.path, "other.db");
    const made = new DatabaseSync(other);
    made.exec(sql);
    expect(() => openDatabase(other)).toThrow("it is not a Postern spool");
    expect(made.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()).toEqual({ tables: 1 });
    expect(made.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "delete" });
    made.close();
  });

  it("refuses a file that is no database, and a layout that is too new", () => {
    const other = join(directory.path, "other.db");
    writeFileSync(other, "not a database, not even a small one");
    expect(failureOf(() => openDatabase(other))).toBe("damaged");
    database.exec("PRAGMA user_version = 99");
    expect(() => openDatabase(path())).toThrow("it has layout 99, this Postern knows up to 2");
  });
});
