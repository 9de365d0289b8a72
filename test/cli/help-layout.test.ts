import { Command } from "commander";
import { expect, it } from "vitest";
import { checkCommand } from "../../lib/cli/check.ts";
import { helpLayout, paragraph } from "../../lib/cli/help-layout.ts";
import { sendCommand } from "../../lib/cli/send.ts";
import { serveCommand } from "../../lib/cli/serve.ts";
import { spoolCommand } from "../../lib/cli/spool.ts";
import { statsCommand } from "../../lib/cli/stats.ts";
import { tailCommand } from "../../lib/cli/tail.ts";

const spool = spoolCommand();
const commands = [serveCommand(), checkCommand(), tailCommand(), sendCommand(), statsCommand(), spool];

/** What a terminal of a width shows of a command's help. */
function helpOf(command: Command, width: number): string {
  let shown = "";
  command.configureHelp(helpLayout).configureOutput({
    getOutHelpWidth: () => width,
    writeOut: (text) => {
      shown += text;
    },
  });
  command.outputHelp();
  return shown;
}

it.each([40, 60, 80, 120])("no line of help is longer than a terminal of %i columns", (width) => {
  for (const command of [...commands, ...spool.commands]) {
    const long = helpOf(command, width)
      .split("\n")
      .filter((line) => line.length > width && !line.startsWith("Usage: "));
    expect(long).toEqual([]);
  }
});

it("a description has lines of its own where little is left beside its term", () => {
  const command = new Command("test")
    .helpOption(false)
    .option("--socket-group <GROUP>", "group of the UNIX socket, by name or number")
    .addHelpText("after", paragraph("Words that come after all of that, and go on and on."));
  expect(helpOf(command, 40).split("\n").slice(2)).toEqual([
    "Options:",
    "  --socket-group <GROUP>",
    "      group of the UNIX socket, by name",
    "      or number",
    "",
    "Words that come after all of that, and",
    "go on and on.",
    "",
  ]);
  expect(helpOf(command, 80)).toContain(
    "  --socket-group <GROUP>  group of the UNIX socket, by name or number\n",
  );
});
