import { hash } from "node:crypto";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../../../lib/message/clock.ts";
import { DuplicateWindow, type RememberPolicy } from "../../../../lib/queue/spool/disk/duplicate-window.ts";
import { openDatabase } from "../../../../lib/queue/spool/disk/spool-database.ts";
import type { SpoolableMessage } from "../../../../lib/queue/spool/spooled-message.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";
import { spoolable } from "../spooled.ts";

/** A machine: its monotonic clock begins anew with each program, and its wall clock can be set. */
class Machine implements Clock {
  wall = 1_700_000_000_000;
  elapsed = 50;
  now = () => this.wall;
  monotonic = () => this.elapsed;

  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.elapsed += milliseconds;
  }
}

/** What the oracle knows of a message: when it was written by the window's time and by the wall clock. */
interface Remembered {
  readonly key: string;
  readonly content: string;
  readonly at: number;
  readonly wall: number;
  readonly created: number;
}

const hour = 3_600_000;
const day = { time: 24 * hour, limit: 1_000 };

describe("DuplicateWindow", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let database: DatabaseSync;
  let machine: Machine;
  let window: DuplicateWindow;

  const open = (policy: RememberPolicy = day, random = () => 0.37) => {
    window = new DuplicateWindow(database, policy, machine, random);
  };
  const restart = (policy?: RememberPolicy) => {
    machine.elapsed = 50;
    database.close();
    database = openDatabase(join(directory.path, "spool.db"));
    open(policy);
  };
  /** One transaction. @returns what became of each, as one word */
  const append = (messages: readonly SpoolableMessage[], end: "COMMIT" | "ROLLBACK" = "COMMIT") => {
    const { fresh, repeats, receipts } = window.sort(messages);
    database.exec("BEGIN");
    const recorded = window.record(receipts);
    database.exec(end);
    if (end === "COMMIT") recorded();
    expect(fresh).toHaveLength(messages.length - repeats.length);
    return messages.map((_, index) => repeats.find((one) => one.index === index)?.repeat ?? "fresh");
  };
  const ids = (...names: readonly string[]) => names.map((name) => spoolable(name));

  /** Two that share a fingerprint where all multipliers are 1. */
  const alike = ids("id-19956", "id-26583");

  beforeEach(() => {
    directory = temporaryDirectory();
    database = openDatabase(join(directory.path, "spool.db"));
    machine = new Machine();
    open();
  });
  afterEach(() => {
    database.close();
    directory[Symbol.dispose]();
  });

  it("keeps different messages apart whose fingerprints are the same, within a commit and after it", () => {
    open(day, () => 0);
    expect(append(alike)).toEqual(["fresh", "fresh"]);
    expect(append(alike)).toEqual(["duplicate", "duplicate"]);
    const others = [alike[0], alike[1]].map((message) => spoolable(message?.id ?? "", { callsign: "OTHER" }));
    expect(append(others)).toEqual(["fresh", "fresh"]);
  });

  it.each([0, 1])(
    "does not take one for another of the same fingerprint that was there before: %i",
    (first) => {
      open(day, () => 0);
      expect(append(alike.slice(first, first + 1))).toEqual(["fresh"]);
      expect(append(alike.slice(1 - first, 2 - first))).toEqual(["fresh"]);
    },
  );

  it("knows a repeat, with the times of the first", () => {
    append([spoolable("a", { timeCreated: -7, timeUploaded: 2 ** 40 })]);
    const { fresh, repeats } = window.sort([
      spoolable("a", { timeCreated: 1, timeUploaded: 2 }),
      spoolable("b"),
    ]);
    expect(fresh).toEqual([spoolable("b")]);
    const first = { time_created: -7, time_uploaded: 2 ** 40 };
    expect(repeats).toEqual([{ repeat: "duplicate", index: 0, first }]);
  });

  it("knows a repeat among those that come together", () => {
    expect(append(ids("a", "b", "a"))).toEqual(["fresh", "fresh", "duplicate"]);
  });

  it("knows a repeat after a restart", () => {
    append(ids("a"));
    restart();
    expect(append(ids("a", "b"))).toEqual(["duplicate", "fresh"]);
  });

  it("tells one client's key from another's, and where callsign and key are joined", () => {
    append([spoolable("1", { callsign: "A" }), spoolable("1", { callsign: "B" })]);
    expect(append([spoolable("1", { callsign: "C" })])).toEqual(["fresh"]);
    expect(append([spoolable("B1", { callsign: "A" }), spoolable("1", { callsign: "AB" })])).toEqual([
      "fresh",
      "fresh",
    ]);
  });

  it("never takes another message under the same key for a repeat", () => {
    const under = (contentId: string) => spoolable("key", { contentId });
    expect(append([under("one"), under("two"), under("one")])).toEqual(["fresh", "conflict", "duplicate"]);
    restart();
    expect(append([under("two"), under("one")])).toEqual(["conflict", "duplicate"]);
  });

  it("forgets what was not committed", () => {
    expect(append(ids("a", "a"), "ROLLBACK")).toEqual(["fresh", "duplicate"]);
    expect(append(ids("a"))).toEqual(["fresh"]);
    expect(append(ids("b"), "ROLLBACK")).toEqual(["fresh"]);
    expect(append(ids("a", "b"))).toEqual(["duplicate", "fresh"]);
  });

  it("knows a message for the time that it is told, and not longer", () => {
    append(ids("a"));
    machine.pass(24 * hour);
    expect(window.sort(ids("a")).repeats).toHaveLength(1);
    machine.pass(1);
    expect(append(ids("a"))).toEqual(["fresh"]);
    expect(append(ids("a"))).toEqual(["duplicate"]);
  });

  it("knows at least so many of the newest as it is told, and not many more", () => {
    open({ ...day, limit: 100 });
    for (let number = 0; number < 500; number += 10) {
      append(ids(...Array.from({ length: 10 }, (_, index) => `id-${number + index}`)));
    }
    const newest = Array.from({ length: 100 }, (_, index) => `id-${400 + index}`);
    expect(window.sort(ids(...newest)).repeats).toHaveLength(100);
    expect(window.size).toBeLessThan(100 + 64);
  });

  it("remembers nothing where that is asked, and lets go of what it did", () => {
    append(ids("a", "b"));
    restart({ time: 0, limit: 0 });
    expect(append(ids("a", "c", "c"))).toEqual(["fresh", "fresh", "fresh"]);
    expect(window.size).toBe(0);
    expect(database.prepare("SELECT count(*) AS rows FROM receipts").get()).toEqual({ rows: 0 });
  });

  it("is not misled by a wall clock that is set while it runs", () => {
    append(ids("a"));
    machine.wall += 1_000 * 24 * hour;
    expect(append(ids("a", "b"))).toEqual(["duplicate", "fresh"]);
    machine.wall -= 2_000 * 24 * hour;
    machine.pass(20 * hour);
    expect(append(ids("a", "b"))).toEqual(["duplicate", "duplicate"]);
    machine.pass(5 * hour);
    expect(append(ids("a", "b"))).toEqual(["fresh", "fresh"]);
  });

  it("counts the time between two runs, for at most half of the window and never backwards", () => {
    append(ids("a"));
    machine.wall += 3 * hour;
    restart();
    machine.pass(20 * hour);
    expect(window.sort(ids("a")).repeats).toHaveLength(1);
    machine.pass(2 * hour);
    expect(window.sort(ids("a")).repeats).toEqual([]);

    append(ids("b"));
    machine.wall += 1_000 * 24 * hour;
    restart();
    expect(window.sort(ids("b")).repeats).toHaveLength(1);
    machine.wall -= 2_000 * 24 * hour;
    restart();
    machine.pass(23 * hour);
    expect(window.sort(ids("b")).repeats).toHaveLength(1);
    machine.pass(2 * hour);
    expect(window.sort(ids("b")).repeats).toEqual([]);
  });

  it("takes another message under a key that was used too long ago by the wall clock for a new one", () => {
    const under = (contentId: string) => spoolable("1", { contentId });
    append([under("one")]);
    machine.wall += 23 * hour;
    restart();
    expect(window.sort([under("two")]).repeats).toMatchObject([{ repeat: "conflict" }]);
    machine.wall += 2 * hour;
    restart();
    expect(append([under("two")])).toEqual(["fresh"]);
    // Both are known by now, each by its content.
    expect(append([under("one"), under("two"), under("three")])).toEqual([
      "duplicate",
      "duplicate",
      "conflict",
    ]);
  });

  it("finds its way when every fingerprint is the same", () => {
    database.close();
    database = openDatabase(join(directory.path, "other.db"));
    // All multipliers are 1: what the words of two identities add up to is of no help either.
    open(day, () => 0);
    const names = Array.from({ length: 300 }, (_, index) => `id-${index}`);
    append(ids(...names));
    expect(new Set(append(ids(...names)))).toEqual(new Set(["duplicate"]));
  });

  it("opens with a hundred thousand remembered in a moment, and keeps the table of few rows", () => {
    open({ ...day, limit: 100_000 });
    database.exec("PRAGMA synchronous = OFF");
    for (let number = 0; number < 100_000; number += 1_000) {
      append(ids(...Array.from({ length: 1_000 }, (_, index) => `id-${number + index}`)));
    }
    for (let number = 0; number < 640; number += 1) append(ids(`single-${number}`));
    const began = performance.now();
    restart({ ...day, limit: 100_000 });
    expect(performance.now() - began).toBeLessThan(500);
    expect(database.prepare("SELECT count(*) AS rows FROM receipts").get()).toEqual({ rows: 110 });
    expect(append(ids("id-640", "id-99999", "single-639"))).toEqual(["duplicate", "duplicate", "duplicate"]);
  });

  describe("with a map as its oracle", () => {
    const contentIdOf = (content: string) => hash("sha256", content);
    const step = fc.oneof(
      fc.record({
        step: fc.constant("append" as const),
        messages: fc.array(
          fc.record({
            // Also those that are the ids of contents, one's own and others'.
            key: fc.constantFrom(...["1", "2", "3", "4"], ...["Ax", "Ay", "Bx"].map(contentIdOf), undefined),
            callsign: fc.constantFrom("A", "B"),
            content: fc.constantFrom("x", "y"),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        end: fc.constantFrom("COMMIT" as const, "COMMIT" as const, "ROLLBACK" as const),
      }),
      fc.record({ step: fc.constant("pass" as const), hours: fc.integer({ min: 2, max: 30 }) }),
      fc.record({ step: fc.constant("restart" as const), off: fc.integer({ min: 0, max: 60 }) }),
    );

    it("says of each message what the map says", () => {
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 30 }),
          fc.float({ min: 0, max: 1, maxExcluded: true }),
          (steps, random) => {
            using place = temporaryDirectory();
            database.close();
            database = openDatabase(join(place.path, "spool.db"));
            machine = new Machine();
            open(day, () => random);
            let remembered: readonly Remembered[] = [];
            let created = 0;
            /** The window's own time, and when something was last written. */
            let now = 0;
            let written = { at: now, wall: machine.wall };
            for (const { step: _, ...details } of steps) {
              if ("off" in details) {
                machine.wall += details.off * hour;
                now = written.at + Math.min(machine.wall - written.wall, day.time / 2);
                machine.elapsed = 50;
                open(day, () => random);
              }
              if ("hours" in details) {
                machine.pass(details.hours * hour);
                now += details.hours * hour;
              }
              if (!("messages" in details)) continue;
              const known = remembered.filter(({ at }) => now - at <= day.time);
              const expected: unknown[] = [];
              const messages = details.messages.map(({ key: sent, callsign, content }) => {
                created += 1;
                const contentId = contentIdOf(callsign + content);
                const id = sent ?? contentId;
                const key = JSON.stringify([callsign, id]);
                const under = known.filter((one) => one.key === key);
                const same = under.find((one) => one.content === content);
                const isInUse = under.some(({ wall }) => machine.wall - wall <= day.time);
                if (same === undefined && !isInUse) {
                  known.push({ key, content, at: now, wall: machine.wall, created });
                }
                expected.push(same?.created ?? (isInUse ? "conflict" : "fresh"));
                const keyed = id === contentId ? {} : { contentId };
                return spoolable(id, { callsign, timeCreated: created, ...keyed });
              });
              const { repeats } = window.sort(messages);
              const words = messages.map((_, index) => {
                const repeat = repeats.find((one) => one.index === index);
                return repeat?.repeat === "duplicate"
                  ? repeat.first.time_created
                  : (repeat?.repeat ?? "fresh");
              });
              expect(words).toEqual(expected);
              append(messages, details.end);
              if (details.end === "ROLLBACK") continue;
              remembered = known;
              if (expected.includes("fresh")) written = { at: now, wall: machine.wall };
            }
          },
        ),
        { numRuns: 200 },
      );
    });
  });
});
