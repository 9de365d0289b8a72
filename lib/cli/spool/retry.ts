import { Command } from "commander";
import { SpoolEditing } from "../../queue/spool/disk/spool-editing.ts";
import { SpoolListing } from "../../queue/spool/disk/spool-listing.ts";
import { fail } from "../fail.ts";
import { addSpool, type SpoolFlags, withSpool } from "./with-spool.ts";

interface RetryFlags extends SpoolFlags {
  readonly all?: true;
}

export function retryCommand(): Command {
  const command = new Command("retry")
    .description(
      "Tries messages that the queue refused once more, after all that wait. A running program notices by itself.",
    )
    .argument("[ID...]", "their ids, or sequences as `ls --set-aside` lists them")
    .option("--all", "all that are set aside now");
  return addSpool(command).action((ids: readonly string[], flags: RetryFlags) => {
    if (ids.length > 0 === (flags.all === true)) command.error("postern: name the messages, or say --all");
    return withSpool(flags, "write", async (database) => {
      const editing = new SpoolEditing(database);
      const listing = new SpoolListing(database);
      const retried = flags.all ? retryAll(editing, listing) : retryThese(editing, listing, ids);
      process.stdout.write(`${retried} ${retried === 1 ? "message goes" : "messages go"} back to be sent\n`);
    });
  });
}

/** What is refused again meanwhile has a new sequence, and is left alone. */
export function retryAll(editing: Pick<SpoolEditing, "retry">, listing: SpoolListing): number {
  const last = listing.last("set_aside");
  let retried = 0;
  for (const page of listing.list("set_aside")) {
    const sequences = page.map(({ sequence }) => sequence).filter((sequence) => sequence <= last);
    retried += editing.retry(sequences);
    if (sequences.length < page.length) break;
  }
  return retried;
}

function retryThese(editing: SpoolEditing, listing: SpoolListing, ids: readonly string[]): number {
  let retried = 0;
  for (const id of ids) {
    const found = listing.find(id, ["set_aside"]);
    if (found.length === 0) fail(`no message that is set aside has the id or sequence ${id}`);
    retried += editing.retry(found.map(({ sequence }) => sequence));
  }
  return retried;
}
