import type { Benchmark, Figure } from "./benchmark.ts";
import { besideBulk } from "./beside-bulk.ts";
import { bulk } from "./bulk.ts";
import { coldStart } from "./cold-start.ts";
import { scgiDoor } from "./scgi-door.ts";
import { throughNginx } from "./through-nginx.ts";

/** `npm run bench` runs them all; `npm run bench -- NAME…` those named. */
const benchmarks: readonly Benchmark[] = [scgiDoor, throughNginx, bulk, besideBulk, coldStart];

const usage = `Usage: npm run bench [-- NAME…]

Runs the benchmarks that are named, or all of them, which takes some minutes:

${benchmarks.map(({ name, about }) => `  ${name.padEnd(13)}${about}\n`).join("")}`;

const names = process.argv.slice(2);
if (names.some((name) => name === "--help" || name === "-h")) {
  process.stdout.write(usage);
  process.exit();
}
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark is called ${unknown.join(", ")}.\n\n${usage}`);
  process.exit(2);
}

for (const benchmark of benchmarks.filter(({ name }) => names.length === 0 || names.includes(name))) {
  process.stdout.write(`\n${benchmark.name}: ${benchmark.about}\n`);
  for (const figure of await benchmark.run()) process.stdout.write(`  ${line(figure)}\n`);
}

function line({ figure, value, unit, ratio }: Figure): string {
  const shown =
    value === undefined ? "?" : value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 2 : 0 });
  const compared = ratio === undefined ? "" : `   ${ratio.value.toFixed(2)} of ${ratio.of}`;
  return `${figure.padEnd(40)}${`${shown} ${unit}`.padStart(22)}${compared}`;
}
