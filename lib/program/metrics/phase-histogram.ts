import { Histogram } from "prom-client";
import { type PhaseName, phaseNames } from "../../application/phases.ts";

interface Tally {
  /** How many fell into each bucket, and no lower one; the last counts those above all bounds. */
  readonly counts: Float64Array;
  /** Seconds. */
  sum: number;
}

/**
 * The histogram of the phases. Prometheus' client looks its labels up for every value, which for the six phases of
 * a request costs as much as answering it; here the phases are known, and its labels are made when they are asked for.
 */
export class PhaseHistogram extends Histogram<"phase"> {
  readonly #bounds: readonly number[];
  readonly #about: { readonly name: string; readonly help: string };
  readonly #tallies = new Map<PhaseName, Tally>();

  /** @param bounds of the buckets in seconds, rising */
  constructor(about: { readonly name: string; readonly help: string }, bounds: readonly number[]) {
    super({ ...about, labelNames: ["phase"], buckets: [...bounds], registers: [] });
    this.#bounds = bounds;
    this.#about = about;
    for (const phase of phaseNames) {
      this.#tallies.set(phase, { counts: new Float64Array(bounds.length + 1), sum: 0 });
    }
  }

  add(phase: PhaseName, seconds: number): void {
    const tally = this.#tallies.get(phase);
    if (tally === undefined) return;
    let bucket = 0;
    while (seconds > (this.#bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    tally.counts[bucket] = (tally.counts[bucket] ?? 0) + 1;
    tally.sum += seconds;
  }

  override async get() {
    const values = [...this.#tallies].flatMap(([phase, tally]) => this.#valuesOf(phase, tally));
    // Its declarations have an enumeration here that is not there at run time.
    return { ...this.#about, type: "histogram" as never, aggregator: "sum" as const, values, collect() {} };
  }

  /** What the registry prefers to `get` where it is there. */
  getForPromString() {
    return this.get();
  }

  #valuesOf(phase: PhaseName, { counts, sum }: Tally) {
    const { name } = this.#about;
    let count = 0;
    const buckets = [...counts].map((inBucket, index) => {
      count += inBucket;
      const le = this.#bounds[index] ?? "+Inf";
      return { metricName: `${name}_bucket`, labels: { le, phase }, value: count };
    });
    if (count === 0) return [];
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: { phase }, value: sum },
      { metricName: `${name}_count`, labels: { phase }, value: count },
    ];
  }
}
