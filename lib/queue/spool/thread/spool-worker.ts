import { workerData } from "node:worker_threads";
import { openSqsCarrier, type SqsCarrierOptions } from "../forwarding/sqs-carrier.ts";
import { type SpoolThreadOptions, serveSpool } from "./spool-thread.ts";

/** What the entry of the spool's worker thread is started with: its `workerData`. */
export interface SpoolWorkerData {
  readonly spool: SpoolThreadOptions;
  readonly queue: SqsCarrierOptions;
}

const { spool, queue } = workerData as SpoolWorkerData;
await serveSpool(spool, (observe) =>
  openSqsCarrier(queue, (milliseconds) => observe({ event: "clock_differs", milliseconds })),
);
