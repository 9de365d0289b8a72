import { Command } from "commander";
import { reasonOf } from "../platform/reason-of.ts";
import { checks } from "../program/checks.ts";
import { requireConsistency } from "../program/settings/consistent-settings.ts";
import { readSettings } from "../program/settings/read-settings.ts";
import { serveSettings } from "../program/settings/serve-settings.ts";
import { addSettings } from "./setting-options.ts";
import { unknownVariables } from "./unknown-variables.ts";

export function checkCommand(): Command {
  const command = new Command("check").description(
    "Tries out what `postern serve` needs with the same settings: queue, spool, listeners. What a running Postern already uses counts as right, so that settings can be tried before it is restarted with them. Exit code 1 if anything is wrong.",
  );
  return addSettings(command, serveSettings).action(check);
}

async function check(flags: Readonly<Record<string, string | readonly string[]>>): Promise<void> {
  const settings = readSettings(serveSettings, flags, process.env);
  await requireConsistency(settings);
  const unknown = unknownVariables(process.env);
  if (unknown.length === 0) process.stdout.write("ok     settings\n");
  else {
    process.exitCode = 1;
    process.stdout.write(`wrong  settings: ignored, since no setting has this name: ${unknown.join(", ")}\n`);
  }
  for (const { name, run } of checks(settings)) {
    try {
      process.stdout.write(`ok     ${name}: ${await run()}\n`);
    } catch (error) {
      process.exitCode = 1;
      process.stdout.write(`wrong  ${name}: ${reasonOf(error)}\n`);
    }
  }
}
