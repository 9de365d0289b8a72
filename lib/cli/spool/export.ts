import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Command } from "commander";
import { errorCode } from "../../platform/error-code.ts";
import { lockFile } from "../../platform/file-lock.ts";
import { reasonOf } from "../../platform/reason-of.ts";
import { syncDirectory } from "../../platform/sync-directory.ts";
import { spoolDirectory } from "../../queue/spool/disk/spool-directory.ts";
import { SpoolEditing } from "../../queue/spool/disk/spool-editing.ts";
import { SpoolListing, type SpoolPart, type WholeMessage } from "../../queue/spool/disk/spool-listing.ts";
import { standardOutput } from "../standard-output.ts";
import { addSpool, type SpoolFlags, withSpool } from "./with-spool.ts";

interface ExportFlags extends SpoolFlags {
  readonly setAside?: true;
  readonly remove?: true;
}

export function exportCommand(): Command {
  const command = new Command("export")
    .description("Writes the messages as they would be on the queue, one line of JSON each.")
    .argument("[FILE]", "a new file; without it, or as -, standard output", (file) =>
      file === "-" ? undefined : file,
    )
    .option("--set-aside", "those that the queue refused for good, instead of those that wait")
    .option("--remove", "remove them from the spool once they are safe in the file");
  return addSpool(command).action((file: string | undefined, flags: ExportFlags) => {
    if (flags.remove && file === undefined) {
      command.error("postern: --remove needs a file, which is synced before anything is removed");
    }
    const part = flags.setAside ? "set_aside" : "waiting";
    return withSpool(flags, flags.remove ? "write" : "read", async (database, directory) => {
      if (file === undefined) return print(database, part);
      const unlock = flags.remove && part === "waiting" ? lockAgainstProgram(directory) : () => {};
      try {
        const { exported, goneMeanwhile } = exportToFile(database, part, file, flags.remove === true);
        process.stdout.write(`${exported} ${exported === 1 ? "message" : "messages"} in ${file}\n`);
        if (goneMeanwhile > 0) {
          process.stderr.write(
            `postern: ${goneMeanwhile} of these somebody else has taken meanwhile, to send or export them\n`,
          );
        }
      } finally {
        unlock();
      }
    });
  });
}

async function print(database: DatabaseSync, part: SpoolPart): Promise<void> {
  const write = standardOutput();
  for (const page of new SpoolListing(database).whole(part)) {
    if (!(await write(lines(page)))) return;
  }
}

/** What waits may be under way to the queue, so it is taken out only while no program sends it. */
function lockAgainstProgram(directory: string): () => void {
  try {
    return lockFile(spoolDirectory(directory).lock);
  } catch (cause) {
    throw new Error(`${directory}: ${reasonOf(cause)}; stop it to remove what waits`, { cause });
  }
}

interface Exported {
  readonly exported: number;
  /** How many of them were to be removed, and were not there any more: they went to the queue again, or into another export, too. */
  readonly goneMeanwhile: number;
}

/** Page by page: what is removed is synced, and a crash in between leaves a page in both places rather than in none. */
export function exportToFile(
  database: DatabaseSync,
  part: SpoolPart,
  file: string,
  remove: boolean,
): Exported {
  const editing = remove ? new SpoolEditing(database) : undefined;
  const descriptor = openNew(file);
  let [exported, goneMeanwhile] = [0, 0];
  try {
    syncDirectory(dirname(resolve(file)));
    for (const page of new SpoolListing(database).whole(part)) {
      writeWhole(descriptor, Buffer.from(lines(page)));
      exported += page.length;
      if (editing === undefined) continue;
      fsyncSync(descriptor);
      const sequences = page.map(({ sequence }) => sequence);
      goneMeanwhile += page.length - editing.remove(part, sequences);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return { exported, goneMeanwhile };
}

/** Never over a file that is there, and for this user alone, as the spool is. */
function openNew(file: string): number {
  try {
    return openSync(file, "wx", 0o600);
  } catch (cause) {
    const exists = errorCode(cause) === "EEXIST";
    throw exists ? new Error(`${file} is there already; export writes a new file`, { cause }) : cause;
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

function lines(page: readonly WholeMessage[]): string {
  return page.map(({ body }) => `${body}\n`).join("");
}
