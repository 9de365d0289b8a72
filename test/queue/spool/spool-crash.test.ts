import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/message/clock.ts";
import { DuplicateWindow } from "../../../lib/queue/spool/disk/duplicate-window.ts";
import { openDatabase } from "../../../lib/queue/spool/disk/spool-database.ts";
import { type FaultySqs, startFaultySqs } from "../../support/faulty-sqs.ts";
import { seededRandom } from "../../support/random.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { spoolable } from "./spooled.ts";

const child = fileURLToPath(new URL("./crash-child.ts", import.meta.url));

/** Runs a program that pushes, and kills it once it has acknowledged so many messages. */
async function pushUntilKilled(directory: string, queueUrl: string, first: number, acknowledgements: number) {
  const program = spawn(process.execPath, [child, directory, queueUrl, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(program, "close");
  const acknowledged: string[] = [];
  for await (const line of createInterface(program.stdout)) {
    acknowledged.push(line);
    if (acknowledged.length === acknowledgements) program.kill("SIGKILL");
  }
  await closed;
  expect(program.signalCode).toBe("SIGKILL");
  return acknowledged;
}

/** @param acknowledged ids. @returns those of which a repeat would be stored again */
function forgotten(database: DatabaseSync, acknowledged: readonly string[]): readonly string[] {
  const window = new DuplicateWindow(
    database,
    { time: 86_400_000, limit: 1_000_000 },
    systemClock,
    Math.random,
  );
  return window.sort(acknowledged.map((id) => spoolable(id))).fresh.map(({ id }) => id);
}

function onDisk(directory: string, acknowledged: readonly string[]) {
  const database = openDatabase(join(directory, "spool.db"));
  const ids = (table: string) => database.prepare(`SELECT id FROM ${table}`).all() as { id: string }[];
  const disk = {
    waiting: ids("waiting").map(({ id }) => id),
    setAside: ids("set_aside").map(({ id }) => id),
    tally: database.prepare("SELECT waiting, set_aside FROM tally").get(),
    forgotten: forgotten(database, acknowledged),
    integrity: database.prepare("PRAGMA integrity_check").get(),
  };
  database.close();
  return disk;
}

describe("Spool, killed in the middle of pushes", () => {
  let sqs: FaultySqs;
  beforeAll(async () => {
    sqs = await startFaultySqs({
      call: ["none", "none", "none", "throttled", "error_stored", "reset", "reset_stored"],
      entry: [
        "none",
        "none",
        "none",
        "none",
        "none",
        "none",
        "internal",
        "sender",
        "missing",
        "missing_stored",
      ],
      seed: 7,
    });
  });
  afterAll(() => sqs.stop());

  it("has every acknowledged message on the queue, on disk or set aside, and knows a repeat of it, after each of several kills", async () => {
    using directory = temporaryDirectory();
    const random = seededRandom(42);
    const acknowledged: string[] = [];
    for (const round of [0, 1, 2, 3]) {
      const kill = 50 + Math.floor(random() * 1_500);
      acknowledged.push(...(await pushUntilKilled(directory.path, sqs.queueUrl, round * 100_000, kill)));
      const disk = onDisk(directory.path, acknowledged);
      const delivered = sqs.stored.map((body): string => JSON.parse(body).id);
      const safe = new Set([...delivered, ...disk.waiting, ...disk.setAside]);
      expect(acknowledged.filter((id) => !safe.has(id))).toEqual([]);
      expect(disk.forgotten).toEqual([]);
      expect(disk.tally).toEqual({ waiting: disk.waiting.length, set_aside: disk.setAside.length });
      expect(disk.integrity).toEqual({ integrity_check: "ok" });
    }
    expect(sqs.stored.length).toBeGreaterThan(0);
  }, 30_000);
});
