import { expect, it } from "vitest";
import { statisticsTable } from "../../lib/cli/statistics-table.ts";

const summary = {
  outcome: "timed_out 408",
  requests: 123_456,
  phases: [
    ["validated", { count: 123_456, p50: 0.001, p90: 1.2345, p99: 12.345, max: 99.96 }],
    ["total", { count: 7, p50: 123.456, p90: 1_234.567, p99: 12_345.678, max: 999.9 }],
  ],
} as const;

it("stands in wide columns where there is room", () => {
  for (const width of [67, 80, Number.POSITIVE_INFINITY]) {
    expect(statisticsTable(summary, width).split("\n")).toEqual([
      "timed_out 408: 123456 requests, milliseconds",
      "  phase           count        p50        p90        p99        max",
      "  validated      123456      0.001      1.234     12.345     99.960",
      "  total               7    123.456   1234.567  12345.678    999.900",
      "",
    ]);
  }
});

it("keeps each phase on one line of a narrow terminal", () => {
  expect(statisticsTable(summary, 40).split("\n")).toEqual([
    "timed_out 408: 123456 requests, ms",
    "phase      count   p50  p90   p99   max",
    "validated 123456 0.001 1.23  12.3 100.0",
    "total          7   123 1235 12346  1000",
    "",
  ]);
});

it("counts one", () => {
  expect(statisticsTable({ outcome: "silent", requests: 1, phases: [] }, 80)).toMatch(
    /^silent: 1 connection, /,
  );
});
