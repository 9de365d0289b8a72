import { Command, CommanderError } from "commander";
import { errorCode } from "../platform/error-code.ts";
import { ConfigurationError } from "../program/settings/read-settings.ts";
import { version } from "./version.ts";

/** In the order in which the help has them. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["serve", async () => (await import("./serve.ts")).serveCommand()],
  ["check", async () => (await import("./check.ts")).checkCommand()],
  ["tail", async () => (await import("./tail.ts")).tailCommand()],
  ["send", async () => (await import("./send.ts")).sendCommand()],
  ["spool", async () => (await import("./spool.ts")).spoolCommand()],
  ["stats", async () => (await import("./stats.ts")).statsCommand()],
]);

/** Exit codes: 0 done, 1 it could not be done, 2 the command line or the environment cannot be used. */
const cli = new Command("postern")
  .description("Takes messages in by HTTP or SCGI and puts them on an Amazon SQS queue.")
  .version(version())
  .exitOverride();
// Only the one that is asked for, where one is: the others would take memory as long as the program runs.
const asked = commands.get(process.argv[2] ?? "");
for (const load of asked === undefined ? commands.values() : [asked]) cli.addCommand(await load());
// A command that is added, unlike one that is made in place, does not take the exit override over by itself.
for (const command of cli.commands) {
  command.copyInheritedSettings(cli);
  for (const nested of command.commands) nested.copyInheritedSettings(cli);
}

// Whoever reads may leave when they have enough, as `head` does. A disk that is full is another matter.
process.stdout.on("error", (error) => {
  if (errorCode(error) === "EPIPE" || process.exitCode === 1) return;
  process.exitCode = 1;
  process.stderr.write(`postern: the output cannot be written: ${error.message}\n`);
});

try {
  await cli.parseAsync();
} catch (error) {
  process.exitCode = exitCode(error);
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
