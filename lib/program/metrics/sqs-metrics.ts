import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { durationBuckets } from "./duration-buckets.ts";

/** Counts calls to SQS, whether they come out of the spool or go there directly. */
export interface SqsMetrics {
  /** A call has come to its end. */
  called(messages: number, milliseconds: number): void;
  /** So many messages are sent again. */
  retried(messages: number): void;
  /** By so many milliseconds this machine's clock is ahead of the queue's; 0 where it may be right. */
  clockError(milliseconds: number): void;
}

export function sqsMetrics(registry: Registry): SqsMetrics {
  const registers = [registry];
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
  const clockError = new Gauge({
    name: "postern_clock_error_seconds",
    help: "By how much this machine's clock is ahead of the queue's; 0 while it may be right.",
    registers,
  });
  return {
    called(messages, milliseconds) {
      batchEntries.observe(messages);
      batchDuration.observe(milliseconds / 1000);
    },
    retried: (messages) => retries.inc(messages),
    clockError: (milliseconds) => clockError.set(milliseconds / 1_000),
  };
}
