import type { DatabaseSync } from "node:sqlite";
import type { Command } from "commander";
import { readSettings } from "../../program/settings/read-settings.ts";
import { serveSettings } from "../../program/settings/serve-settings.ts";
import { openExistingSpool } from "../../queue/spool/disk/existing-spool.ts";
import { fail } from "../fail.ts";
import { addSettings } from "../setting-options.ts";

const settings = { spool: { ...serveSettings.spool, meaning: "the spool of `postern serve`" } };

export interface SpoolFlags {
  readonly spool?: string;
}

/** Gives a command the setting that says which spool. */
export function addSpool(command: Command): Command {
  return addSettings(command, settings);
}

/** Opens the spool that the flags or the environment name, for as long as the work takes; says in one line why not. */
export async function withSpool(
  { spool }: SpoolFlags,
  access: "read" | "write",
  work: (database: DatabaseSync, directory: string) => Promise<void>,
): Promise<void> {
  const { spool: directory } = readSettings(settings, { spool }, process.env);
  if (directory === undefined) return fail("the spool is off; --spool DIR names one");
  try {
    const database = openExistingSpool(directory, access);
    try {
      await work(database, directory);
    } finally {
      database.close();
    }
  } catch (error) {
    fail(error);
  }
}
