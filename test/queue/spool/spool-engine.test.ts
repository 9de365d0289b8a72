import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Ballast } from "../../../lib/queue/spool/disk/ballast.ts";
import { DuplicateWindow } from "../../../lib/queue/spool/disk/duplicate-window.ts";
import { openExistingSpool } from "../../../lib/queue/spool/disk/existing-spool.ts";
import { openDatabase } from "../../../lib/queue/spool/disk/spool-database.ts";
import { SpoolEditing } from "../../../lib/queue/spool/disk/spool-editing.ts";
import { SpoolStore } from "../../../lib/queue/spool/disk/spool-store.ts";
import { SpoolEngine } from "../../../lib/queue/spool/spool-engine.ts";
import type { SpoolEvent } from "../../../lib/queue/spool/spool-event.ts";
import type { SpoolReport } from "../../../lib/queue/spool/spool-link.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { FakeCarrier, failed, stored } from "./forwarding/fake-carrier.ts";
import { ManualTime, settled } from "./manual-time.ts";
import { spoolable } from "./spooled.ts";

const ballastBytes = 100_000;
const diskFull = "the disk of the spool is full, or its quota used up";

function batch(first: number, count: number, size = 10) {
  return Array.from({ length: count }, (_, index) =>
    spoolable(`id-${first + index}`, { body: "x".repeat(size), bytes: size }),
  );
}

describe("SpoolEngine", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let database: DatabaseSync;
  let store: SpoolStore;
  let ballast: Ballast;
  let engine: SpoolEngine;
  let carrier: FakeCarrier;
  let time: ManualTime;
  let events: SpoolEvent[];
  let reports: SpoolReport[];
  let files: { inPlace: boolean };
  const ballastPath = () => join(directory.path, "ballast");
  const ids = (table: string) =>
    database
      .prepare(`SELECT id FROM ${table} ORDER BY sequence`)
      .all()
      .map(({ id }) => id);
  /** The queue takes all of them, before any time passes. */
  const deliver = async (count: number) => {
    engine.append(batch(1, count));
    await time.pass(0);
    for (const call of carrier.calls) {
      call.answer(stored);
      await settled();
    }
    expect(carrier.sent.flat()).toHaveLength(count);
  };
  /** A new program with the same files. */
  const begin = () => {
    const window = new DuplicateWindow(database, { time: 60_000, limit: 1_000 }, time, () => 0.5);
    store = new SpoolStore(database, window);
    return new SpoolEngine({
      store,
      window,
      files,
      ballast,
      carrier,
      clock: time,
      timers: time,
      random: () => 1,
      observe: (event) => events.push(event),
      report: (report) => reports.push(report),
      forwarding: {
        firstPace: { calls: 2, bytes: 1_000_000 },
        concurrency: 2,
        fillDelay: 20,
        backoff: { base: 100, cap: 1_000 },
        window: { messages: 100, bytes: 100_000 },
      },
    });
  };
  const pages = (count: number) => database.exec(`PRAGMA max_page_count = ${count}`);

  beforeEach(() => {
    directory = temporaryDirectory();
    database = openDatabase(join(directory.path, "spool.db"));
    carrier = new FakeCarrier();
    time = new ManualTime();
    events = [];
    reports = [];
    files = { inPlace: true };
    ballast = new Ballast(ballastPath(), ballastBytes);
    engine = begin();
    engine.start();
  });
  afterEach(() => {
    if (database.isOpen) database.close();
    directory[Symbol.dispose]();
  });

  it("acknowledges nothing into files that have been moved away, says so unasked, and goes on once they are back", async () => {
    files.inPlace = false;
    const reason = "the files of the spool have been moved or removed";
    expect(engine.append([spoolable("a")])).toEqual({ outcome: "failed", reason });
    expect(reports.at(-1)?.storingError).toBe(reason);
    await time.pass(1_000);
    expect(reports.at(-1)?.storingError).toBe(reason);
    files.inPlace = true;
    await time.pass(1_000);
    expect(reports.at(-1)?.storingError).toBe(null);
    expect(engine.append([spoolable("b")])).toMatchObject({ outcome: "stored" });
    files.inPlace = false;
    await time.pass(1_000);
    expect(reports.at(-1)?.storingError).toBe(reason);
  });

  it("notices unasked that its log grows for ever, takes nothing more, and goes on once it can be copied", async () => {
    const logBytes = vi.spyOn(store, "logBytes", "get").mockReturnValue(2 ** 28);
    const checkpoint = vi.spyOn(store, "checkpoint").mockImplementation(() => {
      throw new Error("disk I/O error");
    });
    await time.pass(1_000);
    const reason = "the spool cannot be written: Error: disk I/O error";
    expect(reports.at(-1)?.storingError).toBe(reason);
    expect(engine.append(batch(1, 1))).toEqual({ outcome: "failed", reason });
    await time.pass(5_000);
    expect(events.filter(({ event }) => event === "storing_resumed")).toEqual([]);
    checkpoint.mockRestore();
    await time.pass(1_000);
    expect(engine.append(batch(1, 1))).toEqual({ outcome: "stored", repeats: [] });
    logBytes.mockRestore();
  });

  it("removes what has been delivered and sets aside what was refused, together and soon", async () => {
    expect(engine.append(batch(1, 3))).toEqual({ outcome: "stored", repeats: [] });
    await time.pass(20);
    carrier.calls[0]?.answer(stored, failed("refused", "bad"), failed("retry"));
    await time.pass(99);
    expect(ids("waiting")).toHaveLength(3);
    await time.pass(1);
    expect(ids("waiting")).toEqual(["id-3"]);
    expect(ids("set_aside")).toEqual(["id-2"]);
    expect(reports.at(-1)?.contents).toMatchObject({ waiting: 1, setAside: 1 });
  });

  it("removes what has been delivered in the commit of new messages, where there are any", async () => {
    engine.append(batch(1, 10));
    await time.pass(0);
    carrier.calls[0]?.answer(stored);
    await settled();
    engine.append(batch(11, 1));
    expect(ids("waiting")).toEqual(["id-11"]);
  });

  it("reports the first message's time of storing", async () => {
    expect(reports.at(-1)?.contents.oldestStoredAt).toBeNull();
    await time.pass(5_000);
    engine.append(batch(1, 1));
    expect(reports.at(-1)?.contents.oldestStoredAt).toBe(time.now());
  });

  it("stores nothing of a batch for which the disk has no room, and throws its ballast off", () => {
    pages(30);
    expect(engine.append(batch(1, 100, 4_000))).toEqual({ outcome: "failed", reason: diskFull });
    expect(ids("waiting")).toEqual([]);
    expect(existsSync(ballastPath())).toBe(false);
    expect(reports.at(-1)?.storingError).toBe(diskFull);
    expect(events).toContainEqual({ event: "storing_failed", messages: 100, reason: diskFull });
  });

  it("turns messages away while it has no ballast, but still delivers and removes", async () => {
    engine.append(batch(1, 10));
    pages(30);
    engine.append(batch(11, 100, 4_000));
    pages(1_000);
    expect(engine.append(batch(111, 1))).toEqual({ outcome: "failed", reason: diskFull });
    await time.pass(0);
    carrier.calls[0]?.answer(stored);
    await time.pass(100);
    expect(ids("waiting")).toEqual([]);
    expect(reports.at(-1)?.storingError).toBe(diskFull);
  });

  it("goes on by itself when the disk has room again, also when nobody pushes", async () => {
    pages(30);
    engine.append(batch(1, 100, 4_000));
    pages(1_000);
    await time.pass(1_000);
    expect(existsSync(ballastPath())).toBe(true);
    expect(events).toContainEqual({ event: "storing_resumed" });
    expect(reports.at(-1)?.storingError).toBeNull();
    expect(engine.append(batch(1, 100, 4_000))).toEqual({ outcome: "stored", repeats: [] });
  });

  it("takes its ballast on again when there is room for that too, though it may store without", async () => {
    pages(30);
    engine.append(batch(1, 100, 4_000));
    pages(1_000);
    store.freeBytes = () => 2_000_000;
    const takeOn = vi.spyOn(ballast, "takeOn").mockReturnValue(false);
    await time.pass(1_000);
    expect(engine.append(batch(1, 1))).toEqual({ outcome: "stored", repeats: [] });
    takeOn.mockRestore();
    await time.pass(1_000);
    expect(existsSync(ballastPath())).toBe(true);
  });

  it("says what the disk says when it fails otherwise, and goes on when it no longer does", async () => {
    database.exec("PRAGMA query_only = ON");
    const outcome = engine.append(batch(1, 1));
    expect(outcome).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/^the spool cannot be written: .*readonly/),
    });
    await time.pass(1_000);
    expect(reports.at(-1)?.storingError).toMatch(/readonly/);
    expect(events.at(-1)).toMatchObject({ event: "storing_failed", messages: 0 });
    database.exec("PRAGMA query_only = OFF");
    await time.pass(1_000);
    expect(reports.at(-1)?.storingError).toBeNull();
    expect(engine.append(batch(1, 1))).toEqual({ outcome: "stored", repeats: [] });
  });

  it("calls stored what has been committed, also when nothing can be read after it", async () => {
    const { contents } = store;
    store.contents = () => {
      throw new Error("disk I/O error");
    };
    expect(engine.append(batch(1, 10))).toEqual({ outcome: "stored", repeats: [] });
    await time.pass(0);
    expect(carrier.calls[0]?.messages).toHaveLength(10);
    store.contents = contents;
    engine.append(batch(11, 1));
    expect(reports.at(-1)?.contents.waiting).toBe(11);
  });

  it("fails what comes while it cannot even read how much room there is", async () => {
    new Ballast(ballastPath(), ballastBytes).throwOff();
    pages(1);
    engine.append(batch(1, 1, 100_000));
    store.freeBytes = () => {
      throw new Error("disk I/O error");
    };
    expect(engine.append(batch(2, 1))).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/^the spool cannot be written: .*disk I\/O error/),
    });
    pages(1_000_000);
  });

  it("keeps what it could not remove until it can", async () => {
    engine.append(batch(1, 10));
    await time.pass(0);
    database.exec("PRAGMA query_only = ON");
    carrier.calls[0]?.answer(stored);
    await time.pass(100);
    expect(reports.at(-1)?.storingError).toMatch(/readonly/);
    database.exec("PRAGMA query_only = OFF");
    await time.pass(1_000);
    expect(ids("waiting")).toEqual([]);
    expect(carrier.sent).toHaveLength(1);
  });

  it("removes at once what is worth a commit of its own, and soon what is left of it", async () => {
    await deliver(1_200);
    await time.pass(0);
    expect(ids("waiting")).toHaveLength(200);
    await time.pass(100);
    expect(ids("waiting")).toEqual([]);
  });

  it("removes all that it could not, also where that is more than one commit has", async () => {
    await deliver(1_200);
    database.exec("PRAGMA query_only = ON");
    await time.pass(0);
    expect(ids("waiting")).toHaveLength(1_200);
    database.exec("PRAGMA query_only = OFF");
    await time.pass(1_100);
    expect(ids("waiting")).toEqual([]);
  });

  it("stores a repeat no second time, however the first ended, and says how many there were", async () => {
    engine.append(batch(1, 3));
    await time.pass(20);
    carrier.calls[0]?.answer(stored, failed("refused", "bad"), failed("retry"));
    await time.pass(100);
    const outcome = engine.append(batch(1, 4));
    expect(outcome).toMatchObject({ outcome: "stored", repeats: [{ index: 0 }, { index: 1 }, { index: 2 }] });
    expect(ids("waiting")).toEqual(["id-3", "id-4"]);
    expect(ids("set_aside")).toEqual(["id-2"]);
    expect(events).toContainEqual({ event: "repeated", duplicates: 3, conflicts: 0 });
    expect(events).toContainEqual({ event: "stored", messages: 1, duration: expect.any(Number) });
  });

  it("acknowledges no repeat of what it found before it has synced that: a crash may have left it unsynced", async () => {
    engine.append(batch(1, 1));
    engine = begin();
    database.exec("PRAGMA query_only = ON");
    engine.start();
    expect(reports.at(-1)?.storingError).toMatch(/readonly/);
    expect(engine.append(batch(1, 1))).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/readonly/),
    });
    database.exec("PRAGMA query_only = OFF");
    expect(engine.append(batch(1, 1))).toMatchObject({
      outcome: "stored",
      repeats: [{ repeat: "duplicate" }],
    });
  });

  it("answers repeats also while nothing can be stored, and fails those that shared the commit of a new one", () => {
    engine.append(batch(1, 1));
    database.exec("PRAGMA query_only = ON");
    expect(engine.append(batch(2, 1))).toMatchObject({ outcome: "failed" });
    expect(engine.append([...batch(1, 1), ...batch(2, 1), ...batch(2, 1)])).toMatchObject({
      outcome: "failed",
    });
    expect(engine.append(batch(1, 1))).toMatchObject({
      outcome: "stored",
      repeats: [{ repeat: "duplicate" }],
    });
    database.exec("PRAGMA query_only = OFF");
    expect(engine.append(batch(2, 1))).toEqual({ outcome: "stored", repeats: [] });
  });

  it("notices within a second what an operator has put back or removed, and sends it in its turn", async () => {
    engine.append(batch(1, 2));
    await time.pass(20);
    carrier.calls[0]?.answer(failed("refused", "bad"));
    await time.pass(200);
    const operator = openExistingSpool(directory.path, "write");
    const editing = new SpoolEditing(operator);
    editing.retry([1]);
    engine.append(batch(3, 1));
    await time.pass(20);
    expect(carrier.sent.at(-1)).toEqual([3, 4]);
    carrier.calls[1]?.answer(stored);
    await time.pass(1_000);
    editing.retry([2]);
    await time.pass(1_020);
    expect(carrier.sent.at(-1)).toEqual([5]);
    carrier.calls[2]?.answer(failed("refused", "bad"));
    await time.pass(1_000);
    editing.remove("set_aside", [5]);
    await time.pass(1_000);
    expect(reports.at(-1)?.contents).toMatchObject({ waiting: 0, setAside: 0, setAsideBytes: 0 });
    operator.close();
  });

  it("forwards nothing before it has been told what was stored, and then in the order of the commits", async () => {
    engine.append(batch(1, 12));
    engine.append(batch(13, 8));
    await settled();
    expect(carrier.sent).toEqual([]);
    await time.pass(0);
    expect(carrier.sent.map((sequences) => sequences.length)).toEqual([10, 10]);
    expect(carrier.sent.flat()).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it("begins to forward nothing more once it closes", async () => {
    engine.append(batch(1, 10));
    await engine.close(1_000);
    await time.pass(2_000);
    expect(carrier.sent).toEqual([]);
    expect(reports.at(-1)?.contents.waiting).toBe(10);
    expect(time.untilNext).toBe(Number.POSITIVE_INFINITY);
  });

  it("closes with all deliveries settled and everything let go of", async () => {
    engine.append(batch(1, 15));
    await time.pass(0);
    const closing = engine.close(1_000);
    carrier.calls[0]?.answer(stored);
    await closing;
    expect(database.isOpen).toBe(false);
    expect(carrier.closed).toBe(true);
    expect(reports.at(-1)?.contents.waiting).toBe(5);
    expect(time.untilNext).toBe(Number.POSITIVE_INFINITY);
  });
});
