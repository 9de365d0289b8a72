import "./no-debugger.ts";
import { Command } from "commander";
import { errorCode } from "../platform/error-code.ts";
import { reasonOf } from "../platform/reason-of.ts";
import { runCommandLine } from "./run-command-line.ts";
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

const cli = new Command("postern")
  .description("Takes messages in by HTTP or SCGI and puts them on an Amazon SQS queue.")
  .version(version());
// Only the one that is asked for, where one is: the others would take memory as long as the program runs.
const asked = commands.get(process.argv[2] ?? "");
for (const load of asked === undefined ? commands.values() : [asked]) cli.addCommand(await load());

// Whoever reads may leave when they have enough, as `head` does. A disk that is full is another matter.
process.stdout.on("error", (error) => {
  if (errorCode(error) === "EPIPE" || process.exitCode === 1) return;
  process.exitCode = 1;
  process.stderr.write(`postern: the output cannot be written: ${reasonOf(error)}\n`);
});

await runCommandLine(cli);
