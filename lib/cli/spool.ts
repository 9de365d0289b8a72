import { Command } from "commander";
import { exportCommand } from "./spool/export.ts";
import { lsCommand } from "./spool/ls.ts";
import { retryCommand } from "./spool/retry.ts";
import { showCommand } from "./spool/show.ts";

export function spoolCommand(): Command {
  return new Command("spool")
    .description(
      "Inspects the spool of `postern serve` and handles what the queue refused for good, even while the program runs.",
    )
    .addCommand(lsCommand())
    .addCommand(showCommand())
    .addCommand(retryCommand())
    .addCommand(exportCommand());
}
