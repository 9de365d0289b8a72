import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statisticsOf } from "../../../lib/program/logs/statistics-line.ts";
import { StatisticsSummary } from "../../../lib/program/logs/statistics-summary.ts";
import type { RequestRecord } from "../../../lib/server/connection-observer.ts";

const record: RequestRecord = {
  id: "a-1",
  transport: "scgi",
  client: "2.7.5.8",
  method: "POST",
  path: "/message",
  prefix: "",
  status: 200,
  outcome: "answered",
  reason: undefined,
  results: undefined,
  bytesIn: 500,
  bytesOut: 150,
  endedAt: 1_295_103_709_123,
  phases: [
    ["read", 1.5],
    ["durable", 4.25004],
  ],
};

function line(change: Partial<RequestRecord> = {}): string {
  return JSON.stringify(statisticsOf({ ...record, ...change }));
}

describe("statisticsOf", () => {
  it("tells a request's story in one line", () => {
    expect(JSON.parse(line())).toEqual({
      time: "2011-01-15T15:01:49.123Z",
      id: "a-1",
      transport: "scgi",
      client: "2.7.5.8",
      method: "POST",
      path: "/message",
      status: 200,
      outcome: "answered",
      bytes_in: 500,
      bytes_out: 150,
      phases: { read: 1.5, durable: 4.25 },
      total: 5.75,
    });
  });

  it("stays short whatever a client makes up", () => {
    expect(line({ path: `/${"x".repeat(1e6)}`, method: "M".repeat(1e6) }).length).toBeLessThan(500);
  });
});

describe("StatisticsSummary", () => {
  it("separates requests by how they ended, the commonest first", () => {
    const summary = new StatisticsSummary();
    for (const text of [
      line({ status: 408, outcome: "timed_out" }),
      line(),
      line(),
      line({ status: undefined, outcome: "client_gone" }),
    ]) {
      summary.add(text);
    }
    expect(summary.outcomes().map(({ outcome, requests }) => [outcome, requests])).toEqual([
      ["answered 200", 2],
      ["timed_out 408", 1],
      ["client_gone", 1],
    ]);
    expect(summary.outcomes()[0]?.phases.map(([phase]) => phase)).toEqual(["read", "durable", "total"]);
  });

  it("counts what is no statistics, and goes on", () => {
    const summary = new StatisticsSummary();
    for (const text of [line().slice(0, -5), "{}", "text", line()]) summary.add(text);
    expect(summary.unreadable).toBe(3);
    expect(summary.outcomes()[0]?.requests).toBe(1);
  });

  it("is within a thousandth of the exact percentiles", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (durations) => {
          const summary = new StatisticsSummary();
          for (const duration of durations) summary.add(line({ phases: [["read", duration]] }));
          const sorted = durations.toSorted((a, b) => a - b);
          const [, read] = summary.outcomes()[0]?.phases[0] ?? [];
          for (const [percentile, got] of [
            [50, read?.p50],
            [90, read?.p90],
            [99, read?.p99],
            [100, read?.max],
          ] as const) {
            // The nearest rank, as the histogram (HdrHistogram) has it.
            const rank = Math.max(1, Math.floor((percentile / 100) * sorted.length + 0.5));
            const exact = sorted[rank - 1] ?? 0;
            expect(Math.abs((got ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.001 + 0.001);
          }
        },
      ),
    );
  });
});
