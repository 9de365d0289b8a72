import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import * as z from "zod/mini";
import { phaseNames } from "../../application/phases.ts";
import { type StatisticsLine, statisticsLine } from "./statistics-line.ts";

const rows = [...phaseNames, "total"] as const;
type Row = (typeof rows)[number];

/** How long something took, in milliseconds. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** The requests that ended one way. */
export interface OutcomeSummary {
  /** `answered 200`, `timed_out 408`, `client_gone`. */
  readonly outcome: string;
  readonly requests: number;
  readonly phases: readonly (readonly [Row, Percentiles])[];
}

/**
 * Sums a statistics log up as its lines go by. It keeps histograms (three significant digits), not lines, so its
 * memory does not grow with the log.
 */
export class StatisticsSummary {
  readonly #outcomes = new Map<string, Map<Row, RecordableHistogram>>();
  #unreadable = 0;

  /** Lines that are no statistics: cut in the middle by a crash, for example. */
  get unreadable(): number {
    return this.#unreadable;
  }

  add(line: string): void {
    const parsed = z.safeParse(statisticsLine, parseJson(line));
    if (!parsed.success) {
      this.#unreadable += 1;
      return;
    }
    const durations = this.#durationsOf(parsed.data);
    for (const [phase, milliseconds] of Object.entries({ ...parsed.data.phases, total: parsed.data.total })) {
      // Whole microseconds, at least one: the histogram knows no others.
      durations(phase as Row).record(Math.max(1, Math.round(milliseconds * 1000)));
    }
  }

  /** The commonest first. */
  outcomes(): readonly OutcomeSummary[] {
    return [...this.#outcomes]
      .map(([outcome, histograms]) => ({
        outcome,
        requests: histograms.get("total")?.count ?? 0,
        phases: rows.flatMap((row) => {
          const histogram = histograms.get(row);
          return histogram === undefined ? [] : [[row, percentiles(histogram)] as const];
        }),
      }))
      .sort((a, b) => b.requests - a.requests);
  }

  #durationsOf({ outcome, status }: StatisticsLine): (row: Row) => RecordableHistogram {
    const name = status === undefined ? outcome : `${outcome} ${status}`;
    const histograms = this.#outcomes.get(name) ?? new Map<Row, RecordableHistogram>();
    this.#outcomes.set(name, histograms);
    return (row) => {
      const histogram = histograms.get(row) ?? createHistogram();
      histograms.set(row, histogram);
      return histogram;
    };
  }
}

function percentiles(histogram: RecordableHistogram): Percentiles {
  const milliseconds = (percentile: number) => histogram.percentile(percentile) / 1000;
  return {
    count: histogram.count,
    p50: milliseconds(50),
    p90: milliseconds(90),
    p99: milliseconds(99),
    max: histogram.max / 1000,
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
