import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { SpoolObserver } from "../../queue/spool/spool-event.ts";
import type { SpoolState } from "../../queue/spool/spool-state.ts";
import type { SqsMetrics } from "./sqs-metrics.ts";

/** Counts what happens in the spool, and hands on what it tells of its calls to SQS. */
export function spoolMetrics(registry: Registry, sqs: SqsMetrics): SpoolObserver {
  const registers = [registry];
  const setAside = new Counter({
    name: "postern_set_aside_total",
    help: "Messages that SQS refused for good and that were kept for the operator.",
    registers,
  });
  const repeats = new Counter({
    name: "postern_repeats_total",
    help: "Messages not stored because their id was stored already: by the same message, or by another under its key.",
    labelNames: ["repeat"] as const,
    registers,
  });
  const commitMessages = new Histogram({
    name: "postern_commit_messages",
    help: "Messages that shared one commit to disk.",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers,
  });
  return (event) => {
    switch (event.event) {
      case "stored":
        return commitMessages.observe(event.messages);
      case "repeated":
        repeats.inc({ repeat: "duplicate" }, event.duplicates);
        return repeats.inc({ repeat: "conflict" }, event.conflicts);
      case "set_aside":
        return setAside.inc();
      case "sent":
        sqs.called(event.messages, event.duration);
        return sqs.retried(event.retried);
      case "clock_differs":
        return sqs.clockError(event.milliseconds);
    }
  };
}

/**
 * @param state what the spool says of itself now
 * @param limit bytes that it may take
 */
export function spoolStateMetrics(registry: Registry, state: () => SpoolState, limit: number): void {
  const gauges = {
    postern_spool_messages: ["Messages in the spool that wait for the queue.", () => state().depth],
    postern_spool_bytes: [
      "Bytes of all messages in the spool, those set aside included.",
      () => state().bytes,
    ],
    postern_spool_limit_bytes: ["Bytes that --spool-limit allows.", () => limit],
    postern_spool_oldest_seconds: [
      "Age of the first message in line: the oldest, except for those that were retried by hand.",
      () => state().oldestAge,
    ],
    postern_spool_set_aside: ["Messages that the queue refused for good, kept.", () => state().setAside],
    postern_spool_accepting: ["1 while messages can be stored.", () => Number(state().accepting)],
    postern_queue_failing: [
      "1 once a message has not got to the queue, or the queue has not answered at the start, until one gets through.",
      () => Number(state().forwardingError !== null),
    ],
  } as const;
  for (const [name, [help, value]] of Object.entries(gauges)) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  }
}
