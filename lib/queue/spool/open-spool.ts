import { extname } from "node:path";
import { systemClock } from "../../message/clock.ts";
import type { RememberPolicy } from "./duplicate-window.ts";
import { Spool } from "./spool.ts";
import type { SpoolObserver } from "./spool-event.ts";
import type { SpoolWorkerData } from "./spool-worker.ts";
import type { SqsCarrierOptions } from "./sqs-carrier.ts";
import { openThreadedSpool } from "./threaded-spool.ts";
import { systemTimers } from "./timers.ts";

export interface OpenSpoolOptions {
  /** Made where it is missing, for this user alone. */
  readonly directory: string;
  /** Bytes of stored messages, past which pushes are turned away. */
  readonly limit: number;
  /** How long and how many acknowledged messages are remembered, to know repeats of them. */
  readonly remember: RememberPolicy;
  /** Where the messages go. Its client is made in another thread, so only what can be cloned. */
  readonly queue: SqsCarrierOptions;
  readonly observe: SpoolObserver;
}

const commitDelay = 4;
const commitEnough = 32;
const closePatience = 2_000;
/** Twice what SQLite's log holds before it is copied into the database. */
const ballastBytes = 8_388_608;
const fillDelay = 20;
/** Little enough for the slowest of lines; a fast one has all after a dozen calls. */
const firstPace = { calls: 1, bytes: 32_768 };
/** Milliseconds for one call to the queue: no client waits for it, and a slow line needs them. */
const callTimeout = 20_000;
/** One call in ten seconds is nothing to a queue that is down, and soon enough for one that is back. */
const backoff = { base: 100, cap: 10_000 };
const window = { messages: 1_000, bytes: 8_388_608 };

/**
 * The durable spool in front of an SQS queue, held by a worker thread.
 *
 * @throws {Error} with one line for the operator, for example when another program has the directory open
 */
export function openSpool({ directory, limit, remember, queue, observe }: OpenSpoolOptions): Promise<Spool> {
  const requestTimeout = Math.max(callTimeout, queue.client.requestTimeout);
  const workerData: SpoolWorkerData = {
    spool: {
      directory,
      ballastBytes,
      remember,
      forwarding: { firstPace, concurrency: queue.client.maxSockets, fillDelay, backoff, window },
    },
    queue: { ...queue, client: { ...queue.client, requestTimeout } },
  };
  return Spool.open({
    policy: { limit, messageBytes: queue.limits.messageBytes, commitDelay, commitEnough, closePatience },
    clock: systemClock,
    timers: systemTimers,
    observe,
    connect: (listener) =>
      openThreadedSpool({
        ...listener,
        // Beside this file, in whatever form: TypeScript from a checkout, JavaScript from the package.
        entry: new URL(`./spool-worker${extname(import.meta.url)}`, import.meta.url),
        workerData,
        timers: systemTimers,
      }),
  });
}
