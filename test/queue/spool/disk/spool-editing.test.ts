import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../lib/message/clock.ts";
import { DuplicateWindow } from "../../../../lib/queue/spool/disk/duplicate-window.ts";
import { openExistingSpool } from "../../../../lib/queue/spool/disk/existing-spool.ts";
import { openDatabase } from "../../../../lib/queue/spool/disk/spool-database.ts";
import { SpoolEditing } from "../../../../lib/queue/spool/disk/spool-editing.ts";
import { SpoolListing, type SpoolPart } from "../../../../lib/queue/spool/disk/spool-listing.ts";
import { SpoolStore } from "../../../../lib/queue/spool/disk/spool-store.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";
import { spoolable } from "../spooled.ts";

const nothing = { appended: [], receipts: Buffer.alloc(0), removed: [], refused: [] };
const parts = ["waiting", "set_aside"] as const;

describe("an operator beside the program", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let store: SpoolStore;
  let beside: DatabaseSync;
  let listing: SpoolListing;
  let editing: SpoolEditing;

  beforeEach(() => {
    directory = temporaryDirectory();
    const database = openDatabase(join(directory.path, "spool.db"));
    store = new SpoolStore(
      database,
      new DuplicateWindow(database, { time: 0, limit: 0 }, systemClock, Math.random),
    );
    beside = openExistingSpool(directory.path, "write");
    listing = new SpoolListing(beside);
    editing = new SpoolEditing(beside);
  });
  afterEach(() => {
    beside.close();
    store.close();
    directory[Symbol.dispose]();
  });

  const append = (...ids: readonly string[]) =>
    store.commit({ ...nothing, appended: ids.map((id) => spoolable(id, { bytes: 10 + id.length })) }, 5_000);
  const refuse = (...sequences: readonly number[]) => {
    const refused = sequences.map((sequence) => ({ sequence, reason: `bad ${sequence}` }));
    store.commit({ ...nothing, refused }, 9_000);
  };
  const listed = (part: SpoolPart) =>
    [...listing.list(part)].flat().map(({ sequence, id }) => [sequence, id]);
  const waitingInProgram = () => store.page(0, { messages: 1_000, bytes: 1_000_000 }).map(({ id }) => id);

  it("lists what waits and what is set aside, with the reason", () => {
    append("a", "b", "c");
    refuse(2);
    const common = { callsign: "M0ZDR", type: "LISTENER_INFO", bytes: 11, storedAt: 5_000 };
    expect([...listing.list("waiting")].flat()).toEqual([
      { part: "waiting", sequence: 1, id: "a", ...common, setAsideAt: null, reason: null },
      { part: "waiting", sequence: 3, id: "c", ...common, setAsideAt: null, reason: null },
    ]);
    const b = { part: "set_aside", sequence: 2, id: "b", ...common, setAsideAt: 9_000, reason: "bad 2" };
    expect([...listing.list("set_aside")].flat()).toEqual([b]);
    expect([...listing.whole("set_aside")].flat()).toEqual([{ ...b, body: "{}" }]);
    expect(listing.counts()).toEqual({ waiting: 2, set_aside: 1 });
    expect([listing.last("waiting"), listing.last("set_aside")]).toEqual([3, 2]);
  });

  it("finds by id, which several may have, and by sequence", () => {
    append("key", "2", "b");
    append("key");
    refuse(4);
    const found = (text: string) => listing.find(text).map(({ sequence }) => sequence);
    expect(found("key")).toEqual([1, 4]);
    expect(found("2")).toEqual([2]);
    expect(found("3")).toEqual([3]);
    expect(found("b")).toEqual([3]);
    expect(found("99")).toEqual([]);
    expect(found("-1")).toEqual([]);
  });

  it("takes a number for a sequence before it takes it for an id", () => {
    append("a", "1", "9");
    refuse(2);
    const found = (text: string) => listing.find(text).map(({ sequence }) => sequence);
    expect([found("1"), found("9")]).toEqual([[1], [3]]);
    const setAside = (text: string) => listing.find(text, ["set_aside"]).map(({ sequence }) => sequence);
    expect([setAside("1"), setAside("2"), setAside("3")]).toEqual([[2], [2], []]);
  });

  it("lists page by page, and holds nothing of the program up in between", () => {
    append(...Array.from({ length: 2_500 }, (_, index) => `id-${index}`));
    const sizes: number[] = [];
    for (const page of listing.list("waiting")) {
      sizes.push(page.length);
      if (sizes.length <= 2) append(`late-${sizes.length}`);
      expect(beside.isTransaction).toBe(false);
    }
    expect(sizes).toEqual([1_000, 1_000, 502]);
  });

  it("ends a page of whole messages at its bytes", () => {
    const body = "x".repeat(1_000_000);
    for (const id of ["a", "b", "c", "d", "e", "f"]) {
      store.commit({ ...nothing, appended: [spoolable(id, { body, bytes: 1_000_000 })] }, 0);
    }
    expect([...listing.whole("waiting")].map((page) => page.length)).toEqual([5, 1]);
  });

  it("puts messages back behind all that wait, with a sequence that no other has", () => {
    append("a", "b", "c");
    refuse(1, 2);
    expect(editing.retry([2, 1, 99])).toBe(2);
    append("d");
    expect(waitingInProgram()).toEqual(["c", "b", "a", "d"]);
    expect(listed("waiting")).toEqual([
      [3, "c"],
      [4, "b"],
      [5, "a"],
      [6, "d"],
    ]);
    expect(store.contents()).toMatchObject({ waiting: 4, waitingBytes: 44, setAside: 0, setAsideBytes: 0 });
  });

  it("is noticed by the program, which does not take its own writing for another's", () => {
    append("a");
    expect(store.changedByOthers()).toBe(false);
    refuse(1);
    editing.remove("set_aside", [1]);
    expect(store.changedByOthers()).toBe(true);
    expect(store.changedByOthers()).toBe(false);
    expect(store.contents()).toMatchObject({ setAside: 0, setAsideBytes: 0 });
  });

  it("leaves everything as it was when it cannot write", () => {
    append("a", "b");
    refuse(1, 2);
    beside.exec("PRAGMA query_only = ON");
    expect(() => editing.retry([1, 2])).toThrow("readonly");
    beside.exec("PRAGMA query_only = OFF");
    expect(listed("set_aside")).toHaveLength(2);
    expect(editing.retry([1, 2])).toBe(2);
  });

  it("says in one line that there is no spool, or none that it knows", () => {
    using empty = temporaryDirectory();
    expect(() => openExistingSpool(empty.path, "read")).toThrow(
      new Error(`there is no spool in ${empty.path}`),
    );
    beside.exec("PRAGMA user_version = 99");
    expect(() => openExistingSpool(directory.path, "write")).toThrow(
      `cannot open the spool in ${directory.path}: it has layout 99`,
    );
  });

  it("keeps the tally true, whatever is done by whom", () => {
    const sequence = fc.integer({ min: 1, max: 25 });
    const sequences = fc.uniqueArray(sequence, { maxLength: 5 });
    const step = fc.oneof(
      fc.record({ step: fc.constant("append" as const), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({
        step: fc.constantFrom("deliver", "refuse", "retry", "remove", "stop" as const),
        sequences,
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        for (const one of steps) {
          if ("count" in one) append(...["a", "b", "c", "d"].slice(0, one.count));
          else if (one.step === "deliver") store.commit({ ...nothing, removed: one.sequences }, 0);
          else if (one.step === "refuse") refuse(...one.sequences);
          else if (one.step === "retry") editing.retry(one.sequences);
          else editing.remove(one.step === "stop" ? "waiting" : "set_aside", one.sequences);
          for (const part of parts) {
            const rows = [...listing.list(part)].flat();
            const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
            const { waiting, waitingBytes, setAside, setAsideBytes } = store.contents();
            const tally = part === "waiting" ? [waiting, waitingBytes] : [setAside, setAsideBytes];
            expect(tally).toEqual([rows.length, bytes]);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
