import { Counter, Gauge, type Registry } from "prom-client";
import { actionName } from "../../application/action-path.ts";
import { itemOutcomes } from "../../application/summary.ts";
import {
  type ConnectionObserver,
  noObserver,
  type RequestOutcome,
  type Transport,
} from "../../server/connection-observer.ts";
import { durationBuckets } from "./duration-buckets.ts";
import { PhaseHistogram } from "./phase-histogram.ts";

interface RequestLabels {
  readonly action: string;
  readonly transport: Transport;
  readonly status: number | "none";
  readonly outcome: RequestOutcome;
}

/**
 * Counts connections, and requests with how long their phases took.
 *
 * @param actions the names that may stand in a label; any other path is `other`
 */
export function requestMetrics(registry: Registry, actions: readonly string[]): ConnectionObserver {
  const registers = [registry];
  const known = new Set(actions);

  // What every request adds to is counted without the client's labels, which cost more than all of the counting, and
  // handed over when it is asked for.
  const finished = new Map<string, { readonly labels: RequestLabels; count: number }>();
  new Counter({
    name: "postern_requests_total",
    help: "Requests that came to an end, by action, transport, status and outcome.",
    labelNames: ["action", "transport", "status", "outcome"] as const,
    registers,
    collect() {
      this.reset();
      for (const { labels, count } of finished.values()) this.inc({ ...labels }, count);
    },
  });
  const phases = new PhaseHistogram(
    { name: "postern_phase_seconds", help: "How long each phase of a request took." },
    durationBuckets,
  );
  registry.registerMetric(phases);
  const problems = new Counter({
    name: "postern_problems_total",
    help: "Requests answered with a problem, by its code; for several messages, by the code of the gravest.",
    labelNames: ["code"] as const,
    registers,
  });
  const results = new Counter({
    name: "postern_results_total",
    help: "Messages of POST /messages, by what became of them. A single message is a request by status.",
    labelNames: ["outcome"] as const,
    registers,
  });
  const open: Partial<Record<Transport, number>> = {};
  new Gauge({
    name: "postern_connections",
    help: "Connections open now.",
    labelNames: ["transport"] as const,
    registers,
    collect() {
      for (const [transport, count] of Object.entries(open)) this.set({ transport }, count);
    },
  });
  const acceptFailures = new Counter({
    name: "postern_accept_failures_total",
    help: "Connections that the system failed to accept.",
    labelNames: ["transport"] as const,
    registers,
  });

  // There from the start, so that the first that is rejected is a step.
  for (const outcome of itemOutcomes) results.inc({ outcome }, 0);

  return {
    ...noObserver,
    connected(transport) {
      open[transport] = (open[transport] ?? 0) + 1;
    },
    disconnected(transport) {
      open[transport] = (open[transport] ?? 0) - 1;
    },
    acceptFailed: (transport) => acceptFailures.inc({ transport }),
    finished({ path, prefix, transport, status, outcome, reason, results: counts, phases: durations }) {
      const name = path === undefined ? undefined : actionName(path, prefix, known);
      const action = name !== undefined && known.has(name) ? `/${name}` : "other";
      const key = `${action} ${transport} ${status} ${outcome}`;
      const tally = finished.get(key);
      if (tally !== undefined) tally.count += 1;
      else finished.set(key, { labels: { action, transport, status: status ?? "none", outcome }, count: 1 });
      for (const [phase, milliseconds] of durations) phases.add(phase, milliseconds / 1000);
      if (reason !== undefined) problems.inc({ code: reason });
      if (counts !== undefined) {
        for (const each of itemOutcomes) results.inc({ outcome: each }, counts[each] ?? 0);
      }
    },
  };
}

/** @param held how many bytes the requests in flight hold now */
export function bodyMetrics(registry: Registry, held: () => number): void {
  new Gauge({
    name: "postern_in_flight_bytes",
    help: "Bytes that requests in flight hold, of the --max-in-flight allowed.",
    registers: [registry],
    collect() {
      this.set(held());
    },
  });
}
