import { Command } from "commander";
import { exportCommand } from "./spool/export.ts";
import { lsCommand } from "./spool/ls.ts";
import { retryCommand } from "./spool/retry.ts";
import { showCommand } from "./spool/show.ts";

export function spoolCommand(): Command {
  return new Command("spool")
    .description(
      "Looks into the spool of `postern serve` and works on what the queue refused for good, also while the program runs.",
    )
    .addCommand(lsCommand())
    .addCommand(showCommand())
    .addCommand(retryCommand())
    .addCommand(exportCommand());
}
