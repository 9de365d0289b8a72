import { Worker } from "node:worker_threads";
import type { AskedQueue } from "../../sqs/asked-queue.ts";
import type { AppendOutcome, SpoolLink, SpoolListener, SpoolReport } from "../spool-link.ts";
import type { Timers } from "../timers.ts";
import { packed } from "./packed-messages.ts";
import type { SpoolReply, SpoolRequest } from "./spool-thread-message.ts";

export interface ThreadedSpoolOptions extends SpoolListener {
  /** A module that calls `serveSpool`. */
  readonly entry: URL;
  /** For that module; only what can be cloned. */
  readonly workerData: unknown;
  readonly timers: Timers;
}

/** Milliseconds beyond its patience that the thread is given to end by itself. */
const closeMargin = 2_000;

/**
 * Holds a spool in a worker thread: neither a disk that stalls nor the work of sending delays the requests that this
 * thread answers.
 *
 * @throws {Error} with one line for the operator
 */
export async function openThreadedSpool(options: ThreadedSpoolOptions): Promise<ThreadedSpool> {
  const spool = new ThreadedSpool(options);
  await spool.opened;
  return spool;
}

/** The thread would take what memory the machine has before it collects. The forwarder's window needs a tenth of this. */
const resourceLimits = { maxOldGenerationSizeMb: 256 };

export class ThreadedSpool implements SpoolLink {
  readonly #options: ThreadedSpoolOptions;
  readonly #worker: Worker;
  readonly #opening = Promise.withResolvers<AskedQueue>();
  readonly #ended = Promise.withResolvers<void>();
  /** Who waits for an outcome, in the order of their asking, which is that of the answers. */
  readonly #appending: ((outcome: AppendOutcome) => void)[] = [];
  /** Who waits for what the queue says, in the same way. */
  readonly #asking: PromiseWithResolvers<AskedQueue>[] = [];
  #lastReport: SpoolReport | null = null;
  /** Why the thread is no more. */
  #end: string | null = null;
  #closing = false;

  constructor(options: ThreadedSpoolOptions) {
    this.#options = options;
    this.#worker = new Worker(options.entry, {
      workerData: options.workerData,
      name: "spool",
      resourceLimits,
    });
    this.#worker.on("message", (replies: readonly SpoolReply[]) => {
      for (const reply of replies) this.#receive(reply);
    });
    this.#worker.on("error", (error: unknown) => this.#fail(String(error)));
    this.#worker.on("exit", (code) => {
      this.#fail(`it ended with code ${code}`);
      this.#ended.resolve();
    });
  }

  /** Resolves with what the queue said of itself, once the spool is open. */
  get opened(): Promise<AskedQueue> {
    return this.#opening.promise;
  }

  /**
   * What the queue says of itself now.
   *
   * @throws {Error} when the thread has ended
   */
  ask(): Promise<AskedQueue> {
    if (this.#end !== null) return Promise.reject(new Error(this.#end));
    const asking = Promise.withResolvers<AskedQueue>();
    this.#asking.push(asking);
    this.#request({ request: "ask" });
    return asking.promise;
  }

  append(messages: Parameters<SpoolLink["append"]>[0]): Promise<AppendOutcome> {
    if (this.#end !== null) return Promise.resolve({ outcome: "failed", reason: this.#end });
    return new Promise((resolve) => {
      this.#appending.push(resolve);
      this.#request({ request: "append", messages: packed(messages) });
    });
  }

  async close(patience: number): Promise<void> {
    this.#closing = true;
    this.#request({ request: "close", patience });
    const overdue = Promise.withResolvers<void>();
    const cancel = this.#options.timers.after(patience + closeMargin, () => {
      void this.#worker.terminate();
      // A thread that hangs in the disk cannot even be terminated.
      overdue.resolve();
    });
    await Promise.race([this.#ended.promise, overdue.promise]);
    cancel();
  }

  #request(request: SpoolRequest): void {
    this.#worker.postMessage(request);
  }

  #receive(reply: SpoolReply): void {
    switch (reply.reply) {
      case "opened":
        this.#opening.resolve(reply.queue);
        break;
      case "not_opened":
        this.#end = reply.reason;
        this.#opening.reject(new Error(reply.reason));
        break;
      case "appended":
        this.#appending.shift()?.(reply.outcome);
        break;
      case "asked":
        this.#asking.shift()?.resolve(reply.queue);
        break;
      case "report":
        this.#lastReport = reply.report;
        this.#options.report(reply.report);
        break;
      case "event":
        this.#options.observe(reply.event);
        break;
      case "closed":
        this.#end = "the spool is closed";
        this.#askNoMore(this.#end);
    }
  }

  #askNoMore(reason: string): void {
    for (const { reject } of this.#asking.splice(0)) reject(new Error(reason));
  }

  /** A defect, or no memory: what has been acknowledged is on disk, and only a new start of the program helps. */
  #fail(reason: string): void {
    if (this.#end !== null) return;
    this.#end = `the spool's thread has failed: ${reason}`;
    this.#opening.reject(new Error(this.#end));
    for (const resolve of this.#appending.splice(0)) resolve({ outcome: "unknown", reason: this.#end });
    this.#askNoMore(this.#end);
    if (this.#lastReport !== null) this.#options.report({ ...this.#lastReport, storingError: this.#end });
    if (!this.#closing) this.#options.observe({ event: "failed", reason: this.#end });
  }
}
