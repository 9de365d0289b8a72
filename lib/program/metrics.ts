import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { actionName } from "../application/action-path.ts";
import type { QueueObserver } from "../queue/queue-observer.ts";
import type { SpoolObserver } from "../queue/spool/spool-event.ts";
import type { SpoolState } from "../queue/spool/spool-state.ts";
import {
  type ConnectionObserver,
  noObserver,
  type RequestOutcome,
  type Transport,
} from "../server/connection-observer.ts";
import { PhaseHistogram } from "./phase-histogram.ts";

/** Seconds, from the cost of parsing to the deadline of a connection. */
const durationBuckets = [
  0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15,
];

interface RequestLabels {
  readonly action: string;
  readonly transport: Transport;
  readonly status: number | "none";
  readonly outcome: RequestOutcome;
}

/** What is counted for Prometheus. Every label has a bounded set of values, whatever clients send. */
export interface Metrics {
  readonly registry: Registry;
  readonly connections: ConnectionObserver;
  readonly queue: QueueObserver;
  /** Told of what happens in the spool. */
  readonly spool: SpoolObserver;
  /** Asks how many bytes the requests in flight hold whenever the metrics are read. */
  watchBodies(held: () => number): void;
  /** Asks the spool for its state whenever the metrics are read. */
  watchSpool(state: () => SpoolState): void;
}

/** @param actions the names that may stand in a label; any other path is `other` */
export function makeMetrics(actions: readonly string[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
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
    help: "Connections that the system could not give.",
    labelNames: ["transport"] as const,
    registers,
  });
  const batchEntries = new Histogram({
    name: "postern_batch_entries",
    help: "Messages in each call to SQS.",
    buckets: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    registers,
  });
  const batchDuration = new Histogram({
    name: "postern_batch_seconds",
    help: "How long each call to SQS took.",
    buckets: durationBuckets,
    registers,
  });
  const retries = new Counter({
    name: "postern_retries_total",
    help: "Messages that were sent to SQS again.",
    registers,
  });
  const setAside = new Counter({
    name: "postern_set_aside_total",
    help: "Messages that SQS refused for good and that were kept for the operator.",
    registers,
  });
  const repeats = new Counter({
    name: "postern_repeats_total",
    help: "Messages not stored because one of their id was: the same again, or another under its key.",
    labelNames: ["repeat"] as const,
    registers,
  });

  const commitMessages = new Histogram({
    name: "postern_commit_messages",
    help: "Messages that shared one commit to disk.",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers,
  });

  return {
    registry,
    connections: {
      ...noObserver,
      connected(transport) {
        open[transport] = (open[transport] ?? 0) + 1;
      },
      disconnected(transport) {
        open[transport] = (open[transport] ?? 0) - 1;
      },
      acceptFailed: (transport) => acceptFailures.inc({ transport }),
      finished({ path, prefix, transport, status, outcome, phases: durations }) {
        const name = path === undefined ? undefined : actionName(path, prefix);
        const action = name !== undefined && known.has(name) ? `/${name}` : "other";
        const key = `${action} ${transport} ${status} ${outcome}`;
        const tally = finished.get(key);
        if (tally !== undefined) tally.count += 1;
        else
          finished.set(key, { labels: { action, transport, status: status ?? "none", outcome }, count: 1 });
        for (const [phase, milliseconds] of durations) phases.add(phase, milliseconds / 1000);
      },
    },
    queue: {
      onBatch({ entries, milliseconds }) {
        batchEntries.observe(entries);
        batchDuration.observe(milliseconds / 1000);
      },
      onRetry: (entries) => retries.inc(entries),
    },
    spool(event) {
      if (event.event === "set_aside") setAside.inc();
      if (event.event === "repeated") {
        repeats.inc({ repeat: "duplicate" }, event.duplicates);
        repeats.inc({ repeat: "conflict" }, event.conflicts);
      }
      if (event.event === "stored") commitMessages.observe(event.messages);
      if (event.event !== "sent") return;
      batchEntries.observe(event.messages);
      batchDuration.observe(event.duration / 1000);
      retries.inc(event.retried);
    },
    watchBodies(held) {
      new Gauge({
        name: "postern_in_flight_bytes",
        help: "Bytes that the requests in flight hold, of those that --max-in-flight allows.",
        registers,
        collect() {
          this.set(held());
        },
      });
    },
    watchSpool(state) {
      const gauges = {
        postern_spool_messages: ["Messages in the spool that wait for the queue.", () => state().depth],
        postern_spool_bytes: [
          "Bytes of all messages in the spool, those set aside included.",
          () => state().bytes,
        ],
        postern_spool_oldest_seconds: ["Age of the oldest message that waits.", () => state().oldestAge],
        postern_spool_set_aside: ["Messages that the queue refused for good, kept.", () => state().setAside],
        postern_spool_accepting: ["1 while messages can be stored.", () => Number(state().accepting)],
        postern_queue_failing: [
          "1 while nothing reaches the queue.",
          () => Number(state().forwardingError !== null),
        ],
      } as const;
      for (const [name, [help, value]] of Object.entries(gauges)) {
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(value());
          },
        });
      }
    },
  };
}
