import { Command } from "commander";
import { systemClock } from "../../message/clock.ts";
import { type ListedMessage, SpoolListing } from "../../queue/spool/disk/spool-listing.ts";
import { standardOutput } from "../standard-output.ts";
import { wholeNumber } from "../whole-number.ts";
import { messageTable } from "./message-table.ts";
import { addSpool, type SpoolFlags, withSpool } from "./with-spool.ts";

interface LsFlags extends SpoolFlags {
  readonly setAside?: true;
  readonly json?: true;
  readonly limit?: number;
}

export function lsCommand(): Command {
  const command = new Command("ls")
    .description("Lists the messages that wait for the queue, in their order.")
    .option("--set-aside", "list those that the queue refused for good instead")
    .option("--json", "one line of JSON each")
    .option("--limit <N>", "at most N", wholeNumber("--limit", 1, 1_000_000_000));
  return addSpool(command).action(ls);
}

function ls({ setAside, json, limit = Number.POSITIVE_INFINITY, ...flags }: LsFlags): Promise<void> {
  return withSpool(flags, "read", async (database) => {
    const listing = new SpoolListing(database);
    const write = standardOutput();
    const { isTTY, columns } = process.stdout;
    const now = systemClock.now();
    const text = json ? jsonLines(now) : messageTable(now, isTTY ? columns : Number.POSITIVE_INFINITY);
    let left = limit;
    for (const page of listing.list(setAside ? "set_aside" : "waiting")) {
      if (!(await write(text(page.slice(0, left))))) return;
      left -= page.length;
      if (left <= 0) break;
    }
    const counts = listing.counts();
    if (isTTY) process.stderr.write(`${counts.waiting} waiting, ${counts.set_aside} set aside\n`);
  });
}

function jsonLines(now: number): (page: readonly ListedMessage[]) => string {
  return (page) => page.map((message) => `${JSON.stringify(described(message, now))}\n`).join("");
}

function described({ sequence, id, type, callsign, bytes, storedAt, reason }: ListedMessage, now: number) {
  const age = Math.round(Math.max(0, now - storedAt) / 1_000);
  return { sequence, id, type, callsign, bytes, age, ...(reason === null ? {} : { reason }) };
}
