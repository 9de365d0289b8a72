import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Command } from "commander";
import { reasonOf } from "../platform/reason-of.ts";
import { StatisticsSummary } from "../program/logs/statistics-summary.ts";
import { statisticsTable } from "./statistics-table.ts";

export function statsCommand(): Command {
  return new Command("stats")
    .description("Prints percentiles of a statistics log: milliseconds per phase, by how the requests ended.")
    .argument("<FILE>", "what `--statistics-log` wrote; - for standard input")
    .action(stats);
}

async function stats(file: string): Promise<void> {
  const summary = new StatisticsSummary();
  const input = file === "-" ? process.stdin : createReadStream(file);
  try {
    for await (const line of createInterface({ input })) {
      if (line !== "") summary.add(line);
    }
  } catch (error) {
    process.stderr.write(`postern: ${file} cannot be read: ${reasonOf(error)}\n`);
    process.exitCode = 1;
    return;
  }
  const outcomes = summary.outcomes();
  if (outcomes.length === 0 && summary.unreadable > 0) {
    process.stderr.write(`postern: ${file} is no statistics log: not one of its lines is understood\n`);
    process.exitCode = 1;
    return;
  }
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  for (const outcome of outcomes) process.stdout.write(`${statisticsTable(outcome, width)}\n`);
  if (outcomes.length === 0) process.stdout.write("no requests\n");
  if (summary.unreadable > 0)
    process.stderr.write(`postern: ${summary.unreadable} lines are no statistics\n`);
}
