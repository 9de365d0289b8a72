import { Command } from "commander";
import { SpoolListing, type WholeMessage } from "../../queue/spool/disk/spool-listing.ts";
import { visible } from "../../tail/message-text.ts";
import { fail } from "../fail.ts";
import { standardOutput } from "../standard-output.ts";
import { addSpool, type SpoolFlags, withSpool } from "./with-spool.ts";

export function showCommand(): Command {
  const command = new Command("show")
    .description("Prints a message whole, and why the queue refused it if it did.")
    .argument("<ID>", "its id, or its sequence as `ls` lists it");
  return addSpool(command).action(show);
}

function show(id: string, flags: SpoolFlags): Promise<void> {
  return withSpool(flags, "read", async (database) => {
    const found = new SpoolListing(database).find(id);
    if (found.length === 0) return fail(`no message in the spool has the id or sequence ${id}`);
    await standardOutput()(found.map(text).join("\n"));
  });
}

function text({ part, sequence, bytes, storedAt, setAsideAt, reason, body }: WholeMessage): string {
  const facts = [
    ["sequence", String(sequence)],
    ["bytes", String(bytes)],
    ["stored", time(storedAt)],
    ...(part === "waiting" ? [] : [["set aside", time(setAsideAt ?? 0)]]),
    ...(reason === null ? [] : [["reason", reason]]),
  ];
  const head = facts.map(([name = "", value = ""]) => `${name.padEnd(10)} ${visible(value)}\n`).join("");
  const lines = JSON.stringify(JSON.parse(body), null, 2).split("\n");
  return `${head}${lines.map((line) => `${visible(line)}\n`).join("")}`;
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
