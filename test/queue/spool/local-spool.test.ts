import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Carrier } from "../../../lib/queue/spool/forwarding/carrier.ts";
import { type LocalSpoolOptions, openLocalSpool } from "../../../lib/queue/spool/local-spool.ts";
import type { SpoolReport } from "../../../lib/queue/spool/spool-link.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { failed } from "./forwarding/fake-carrier.ts";
import { ManualTime } from "./manual-time.ts";
import { spoolable } from "./spooled.ts";

const unreachable: Carrier = {
  fifo: false,
  callLimits: { entries: 10, bytes: 1_000 },
  send: async (messages) => messages.map(() => failed("retry")),
  close: () => {},
};

function options(directory: string): LocalSpoolOptions & { readonly reports: readonly SpoolReport[] } {
  const time = new ManualTime();
  const reports: SpoolReport[] = [];
  return {
    directory,
    carrier: unreachable,
    clock: time,
    timers: time,
    random: () => 0,
    forwarding: {
      firstPace: { calls: 1, bytes: 1_000_000 },
      concurrency: 1,
      fillDelay: 0,
      backoff: { base: 1, cap: 1 },
      window: { messages: 10, bytes: 1_000 },
    },
    ballastBytes: 10_000,
    remember: { time: 60_000, limit: 1_000 },
    observe: () => {},
    report: (report) => reports.push(report),
    reports,
  };
}

const message = spoolable("a", { bytes: 2 });

describe("openLocalSpool", () => {
  it("makes what is missing, for this user alone", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "var", "spool");
    const link = openLocalSpool(options(path));
    expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const file of ["spool.db", "spool.lock", "ballast"]) {
      expect(statSync(join(path, file)).mode & 0o777).toBe(0o600);
    }
    await link.close(0);
  });

  it("refuses a second opening with one clear line, and leaves the first alone", async () => {
    using directory = temporaryDirectory();
    const link = openLocalSpool(options(directory.path));
    expect(() => openLocalSpool(options(directory.path))).toThrow(
      new Error(`cannot open the spool in ${directory.path}: another program has it open`),
    );
    expect(await link.append([message])).toEqual({ outcome: "stored", repeats: [] });
    await link.close(0);
  });

  it("opens again after it was closed, with what was waiting", async () => {
    using directory = temporaryDirectory();
    const first = openLocalSpool(options(directory.path));
    await first.append([message]);
    await first.close(0);
    const second = options(directory.path);
    const link = openLocalSpool(second);
    expect(second.reports[0]?.contents).toMatchObject({ waiting: 1, waitingBytes: 2 });
    await link.close(0);
  });

  it("begins the log of a crashed program anew, since nobody knows how much of it was synced", async () => {
    using directory = temporaryDirectory();
    using copy = temporaryDirectory();
    const crashed = openLocalSpool(options(directory.path));
    await crashed.append([message]);
    for (const file of ["spool.db", "spool.db-wal"]) {
      copyFileSync(join(directory.path, file), join(copy.path, file));
    }
    await crashed.close(0);
    // Which each frame must have too: https://sqlite.org/fileformat2.html#wal_file_format
    const salts = () => readFileSync(join(copy.path, "spool.db-wal")).subarray(16, 24).toString("hex");
    const found = salts();
    const opened = options(copy.path);
    const link = openLocalSpool(opened);
    const [report] = opened.reports;
    const begun = salts();
    const outcome = await link.append([message]);
    await link.close(0);
    expect(begun).not.toBe(found);
    expect(report).toMatchObject({ contents: { waiting: 1 }, storingError: null });
    expect(outcome).toMatchObject({ repeats: [{ repeat: "duplicate" }] });
  });

  it("does not throw away a log whose database is gone", async () => {
    using directory = temporaryDirectory();
    using copy = temporaryDirectory();
    const crashed = openLocalSpool(options(directory.path));
    await crashed.append([message]);
    const log = join(copy.path, "spool.db-wal");
    copyFileSync(join(directory.path, "spool.db-wal"), log);
    await crashed.close(0);
    const found = readFileSync(log);
    expect(() => openLocalSpool(options(copy.path))).toThrow(
      /^cannot open the spool in \S+: \S+spool.db is missing or empty, but .* or move \S+-wal away/,
    );
    expect(readFileSync(log)).toEqual(found);
  });

  it("says in one line what is in the way, and holds nothing afterwards", async () => {
    using directory = temporaryDirectory();
    const database = join(directory.path, "spool.db");
    mkdirSync(database);
    expect(() => openLocalSpool(options(directory.path))).toThrow(/^cannot open the spool in \S+: [^\n]+$/);
    using other = temporaryDirectory();
    writeFileSync(join(other.path, "spool.db"), "this is no database at all");
    chmodSync(join(other.path, "spool.db"), 0o600);
    expect(() => openLocalSpool(options(other.path))).toThrow(
      `cannot open the spool in ${other.path}: file is not a database`,
    );
    writeFileSync(join(other.path, "spool.db"), "");
    await openLocalSpool(options(other.path)).close(0);
  });
});
