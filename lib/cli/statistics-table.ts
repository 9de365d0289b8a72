import type { OutcomeSummary, Percentiles } from "../program/logs/statistics-summary.ts";

const head = ["phase", "count", "p50", "p90", "p99", "max"];

interface Layout {
  readonly indent: string;
  /** Of the names of phases, and of each number: as wide as what is in them, unless told. */
  readonly nameWidth: number;
  readonly numberWidth: number | undefined;
  readonly unit: string;
  readonly duration: (milliseconds: number) => string;
}

const wideNumber = 11;
const wide: Layout = {
  indent: "  ",
  nameWidth: 10,
  numberWidth: wideNumber,
  unit: "milliseconds",
  duration: (value) => value.toFixed(3),
};
const wideWidth = wide.indent.length + wide.nameWidth + (head.length - 1) * wideNumber;

/** For 40 columns and up to 999,999 requests. */
const narrow: Layout = {
  indent: "",
  nameWidth: 9,
  numberWidth: undefined,
  unit: "ms",
  duration: threeDigits,
};

/** @param width of the terminal; infinity where there is none */
export function statisticsTable(summary: OutcomeSummary, width: number): string {
  const layout = width < wideWidth ? narrow : wide;
  const { outcome, requests, phases } = summary;
  const counted = `${outcome === "silent" ? "connection" : "request"}${requests === 1 ? "" : "s"}`;
  const rows = [head, ...phases.map(([phase, percentiles]) => [phase, ...cells(percentiles, layout)])];
  const widths = head.map((_, column) => columnWidth(rows, column, layout));
  const lines = rows.map(([name = "", ...numbers]) => {
    const padded = numbers.map((number, index) => number.padStart(widths[index + 1] ?? 0));
    return `${layout.indent}${name.padEnd(layout.nameWidth)}${padded.join("")}`;
  });
  return [`${outcome}: ${requests} ${counted}, ${layout.unit}`, ...lines, ""].join("\n");
}

function cells({ count, ...durations }: Percentiles, { duration }: Layout): readonly string[] {
  return [String(count), ...Object.values(durations).map(duration)];
}

function columnWidth(rows: readonly (readonly string[])[], column: number, { numberWidth }: Layout): number {
  return numberWidth ?? 1 + Math.max(...rows.map((row) => row[column]?.length ?? 0));
}

/** More of them mean nothing: see `StatisticsSummary`. */
function threeDigits(value: number): string {
  const before = String(Math.trunc(value)).length;
  return value.toFixed(value < 1 ? 3 : Math.max(0, 3 - before));
}
