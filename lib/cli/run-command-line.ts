import { type Command, CommanderError } from "commander";
import { ConfigurationError } from "../platform/configuration-error.ts";
import { helpLayout } from "./help-layout.ts";

/**
 * Does what the command line says. Exit codes: 0 done, 1 it could not be done, 2 the command line or the environment cannot be
 * used.
 */
export async function runCommandLine(cli: Command): Promise<void> {
  // What Commander finds wrong begins as what we do.
  cli.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "postern: ")) });
  cli.configureHelp(helpLayout);
  cli.exitOverride();
  inherit(cli);
  try {
    await cli.parseAsync();
  } catch (error) {
    process.exitCode = exitCode(error);
  }
}

/** A command that is added, unlike one that is made in place, does not take settings over by itself. */
function inherit(command: Command): void {
  for (const nested of command.commands) {
    nested.copyInheritedSettings(command);
    inherit(nested);
  }
}

function exitCode(error: unknown): number {
  // Commander has said already what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigurationError) {
    for (const line of error.message.split("\n")) process.stderr.write(`postern: ${line}\n`);
    return 2;
  }
  throw error;
}
