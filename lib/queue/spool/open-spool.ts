import { extname } from "node:path";
import { systemClock } from "../../message/clock.ts";
import type { AskedQueue } from "../sqs/asked-queue.ts";
import { FreshLimits } from "../sqs/fresh-limits.ts";
import { sqsBatchLimits } from "../sqs/plan-batch.ts";
import type { KnownQueue } from "../sqs/queue-limits.ts";
import type { SqsAccess } from "../sqs/sqs-api.ts";
import type { RememberPolicy } from "./disk/duplicate-window.ts";
import { Spool } from "./spool.ts";
import type { SpoolObserver } from "./spool-event.ts";
import type { SpoolWorkerData } from "./thread/spool-worker.ts";
import { openThreadedSpool, type ThreadedSpool } from "./thread/threaded-spool.ts";
import { systemTimers } from "./timers.ts";

export interface OpenSpoolOptions {
  /** Made where it is missing, for this user alone. */
  readonly directory: string;
  /** Bytes of stored messages, past which pushes are turned away. */
  readonly limit: number;
  /** How long and how many acknowledged messages are remembered, to know repeats of them. */
  readonly remember: RememberPolicy;
  /** Where the messages go. Its client is made in another thread, so only what can be cloned. */
  readonly queue: SqsAccess;
  readonly observe: SpoolObserver;
  /** Told whenever the queue says again what it takes. Must not throw. */
  readonly onLimits?: (limits: KnownQueue) => void;
}

export interface OpenSpool {
  readonly spool: Spool;
  /** What the queue said of itself. */
  readonly asked: AskedQueue;
  /** Asked again of a queue that gives no answer, every ten seconds at most. */
  readonly limits: Pick<FreshLimits, "refresh" | "silence">;
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
/** Bytes per second. Without it the largest of messages would be sent for ever, and never get through, on such a line. */
const slowestLine = 8_192;
/**
 * One call in ten seconds is nothing to a queue that is down, and soon enough for one that is back. It comes to that in a minute:
 * by doubling in seconds, the group of a FIFO queue that fails half of all calls would wait for most of the time.
 */
const backoff = { base: 100, cap: 10_000, growth: 1.25 };
const window = { messages: 1_000, bytes: 8_388_608 };

/**
 * The durable spool in front of an SQS queue, held by a worker thread. The thread that answers requests has nothing of SQS.
 *
 * @throws {Error} with one line for the operator, for example when another program has the directory open
 */
export async function openSpool(options: OpenSpoolOptions): Promise<OpenSpool> {
  const { directory, limit, remember, queue: access, observe, onLimits } = options;
  const workerData: SpoolWorkerData = {
    spool: {
      directory,
      ballastBytes,
      remember,
      forwarding: { firstPace, concurrency: access.maxSockets, fillDelay, backoff, window },
    },
    queue: { access, callTimeout: Math.max(callTimeout, access.requestTimeout), slowestLine },
  };
  const connected = Promise.withResolvers<ThreadedSpool>();
  let limits: FreshLimits | undefined;
  const spool = await Spool.open({
    policy: { limit, messageBytes: sqsBatchLimits.bytes, commitDelay, commitEnough, closePatience },
    clock: systemClock,
    timers: systemTimers,
    observe(event) {
      observe(event);
      if (event.event === "sent") limits?.sent(event);
    },
    freshen: async () => limits?.refresh(),
    connect: async (listener) => {
      const thread = await openThreadedSpool({
        ...listener,
        // In whatever form this file is: TypeScript from a checkout, JavaScript from the package.
        entry: new URL(`./thread/spool-worker${extname(import.meta.url)}`, import.meta.url),
        workerData,
        timers: systemTimers,
      });
      connected.resolve(thread);
      return thread;
    },
  });
  const thread = await connected.promise;
  const asked = await thread.opened;
  spool.messageBytes = asked.limits.messageBytes;
  spool.keepsOrder = asked.limits.fifo;
  const fresh = new FreshLimits({
    asked,
    ask: () => thread.ask(),
    onAnswer(known) {
      spool.messageBytes = known.messageBytes;
      onLimits?.(known);
    },
    clock: systemClock,
  });
  limits = fresh;
  return { spool, asked, limits: fresh };
}
