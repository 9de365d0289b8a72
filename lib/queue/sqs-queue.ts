import type { Clock } from "../message/clock.ts";
import { serialised } from "../message/serialised-message.ts";
import type { StoredMessage } from "../message/stored-message.ts";
import { backoff } from "./backoff.ts";
import { planBatch, sqsBatchLimits } from "./plan-batch.ts";
import type { Queue } from "./queue.ts";
import { QueueError } from "./queue-error.ts";
import { assumedLimits, type QueueLimits } from "./queue-limits.ts";
import type { QueueObserver } from "./queue-observer.ts";
import { type EntryOutcome, type SqsTarget, sendBatch } from "./send-batch.ts";
import { type SqsEntry, sqsEntry } from "./sqs-entry.ts";

export interface SqsQueueOptions {
  readonly client: SqsTarget["client"] & { destroy(): void };
  readonly queueUrl: string;
  readonly clock: Clock;
  /** What the queue takes; by default what is assumed of it unasked. */
  readonly limits?: QueueLimits;
  readonly observer?: QueueObserver;
  /** Calls under way at once. Default 8, at least 1. */
  readonly concurrency?: number;
  /** Milliseconds that a call waits for company while others are under way. Default 5; the first call waits for nothing. */
  readonly linger?: number;
  /** From 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Default `setTimeout`. The function that it returns calls the timer off. */
  readonly schedule?: (task: () => void, milliseconds: number) => () => void;
}

/** One push under way. */
interface Pending extends SqsEntry {
  readonly deadline: number;
  /** Ends the push; afterwards it is settled and nothing more is done for it. */
  settle(error?: QueueError): void;
  settled: boolean;
  attempts: number;
  inCall: boolean;
  /** A try may have stored it, so no later failure can say that it is not. */
  maybeStored: boolean;
  lastError: QueueError | undefined;
}

const retries = { base: 50, cap: 1_000 };

/**
 * Puts messages on an SQS queue. Pushes that come together share calls of up to ten, and each has the outcome of its
 * own message.
 *
 * Invariant, kept by `#blocked`: on a FIFO queue no two calls hold entries of one group, and a group with an entry
 * that waits for its retry sends nothing else, so the order of a group is that of its pushes.
 */
export class SqsQueue implements Queue {
  readonly #options: Required<Omit<SqsQueueOptions, "limits">> & { readonly limits: QueueLimits };
  readonly #target: SqsTarget;
  /** By group, how many entries are in a call or wait for their retry. */
  readonly #blocked = new Map<string, number>();
  readonly #unsettled = new Set<Pending>();
  #waiting: Pending[] = [];
  #callsUnderWay = 0;
  #flushScheduled = false;
  #cancelLinger: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(options: SqsQueueOptions) {
    const limits = options.limits ?? assumedLimits(options.queueUrl);
    this.#options = {
      observer: {},
      concurrency: 8,
      linger: 5,
      random: Math.random,
      schedule: (task, milliseconds) => {
        const timer = setTimeout(task, milliseconds);
        return () => clearTimeout(timer);
      },
      ...options,
      limits,
    };
    this.#target = { client: options.client, queueUrl: options.queueUrl, fifo: limits.fifo };
  }

  push(message: StoredMessage, deadline: number): Promise<void> {
    const { limits, clock, queueUrl } = this.#options;
    if (this.#closing !== undefined) {
      return Promise.reject(new QueueError("unavailable", `${queueUrl}: closing`, { retryable: true }));
    }
    const entry = sqsEntry(serialised(message));
    if (entry.bytes > limits.messageBytes) {
      const detail = `The message takes ${entry.bytes} bytes on the queue, which takes at most ${limits.messageBytes}.`;
      return Promise.reject(new QueueError("too_large", detail));
    }
    return new Promise((resolve, reject) => {
      const cancel = this.#options.schedule(
        () => this.#expire(pending),
        Math.max(0, deadline - clock.monotonic()),
      );
      const pending: Pending = {
        ...entry,
        deadline,
        settled: false,
        attempts: 0,
        inCall: false,
        maybeStored: false,
        lastError: undefined,
        settle: (error) => {
          if (pending.settled) return;
          pending.settled = true;
          cancel();
          this.#unsettled.delete(pending);
          if (error === undefined) resolve();
          else reject(error);
          if (this.#unsettled.size === 0) this.#drained?.();
        },
      };
      this.#unsettled.add(pending);
      this.#waiting.push(pending);
      this.#flushSoon();
    });
  }

  close(): Promise<void> {
    this.#closing ??= new Promise<void>((resolve) => {
      this.#drained = resolve;
      if (this.#unsettled.size === 0) resolve();
    }).then(() => this.#options.client.destroy());
    return this.#closing;
  }

  /** At the end of this turn of the event loop, so that all that arrives in it goes together. */
  #flushSoon(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush(this.#callsUnderWay === 0);
    });
  }

  /** @param partial whether a call may go out that is not full */
  #flush(partial: boolean): void {
    this.#waiting = this.#waiting.filter(({ settled }) => !settled);
    while (this.#callsUnderWay < this.#options.concurrency && this.#waiting.length > 0) {
      if (this.#waiting.length < sqsBatchLimits.entries && !partial) {
        this.#lingerThenFlush();
        return;
      }
      const isBlocked = this.#target.fifo ? (group: string) => this.#blocked.has(group) : undefined;
      const { batch, rest } = planBatch(this.#waiting, sqsBatchLimits, isBlocked);
      // Every group that waits is blocked; the call or retry that unblocks it flushes again.
      if (batch.length === 0) return;
      this.#waiting = rest;
      void this.#call(batch);
    }
  }

  #lingerThenFlush(): void {
    this.#cancelLinger ??= this.#options.schedule(() => {
      this.#cancelLinger = undefined;
      this.#flush(true);
    }, this.#options.linger);
  }

  async #call(batch: readonly Pending[]): Promise<void> {
    const { clock, observer } = this.#options;
    this.#callsUnderWay += 1;
    for (const { group } of batch) this.#block(group);
    for (const pending of batch) {
      pending.attempts += 1;
      pending.inCall = true;
    }
    const startedAt = clock.monotonic();
    const outcomes = await sendBatch(this.#target, batch);
    this.#callsUnderWay -= 1;
    observer.onBatch?.({
      entries: batch.length,
      stored: outcomes.filter(({ outcome }) => outcome === "stored").length,
      bytes: batch.reduce((bytes, entry) => bytes + entry.bytes, 0),
      milliseconds: clock.monotonic() - startedAt,
    });
    const again = batch.filter((pending, index) => this.#conclude(pending, outcomes[index]));
    this.#retry(again);
    for (const { group } of batch) this.#unblock(group);
    this.#flush(this.#callsUnderWay === 0);
  }

  /** @returns whether the push is to be tried again */
  #conclude(pending: Pending, result: EntryOutcome | undefined): boolean {
    pending.inCall = false;
    if (result === undefined || result.outcome === "stored") {
      pending.settle();
      return false;
    }
    pending.lastError = result.error;
    pending.maybeStored ||= result.outcome === "unknown";
    if (pending.settled) return false;
    if (result.error.retryable) return true;
    pending.settle(this.#failure(pending));
    return false;
  }

  #retry(again: readonly Pending[]): void {
    const { observer, random, schedule } = this.#options;
    const attempts = Math.max(...again.map((pending) => pending.attempts));
    const error = again[0]?.lastError;
    if (error === undefined) return;
    const delay = backoff(attempts, retries, random);
    observer.onRetry?.(again.length, delay, error);
    for (const { group } of again) this.#block(group);
    schedule(() => {
      for (const { group } of again) this.#unblock(group);
      this.#waiting.unshift(...again);
      this.#flush(this.#callsUnderWay === 0);
    }, delay);
  }

  /** Its place among the waiting is given up at the next flush. */
  #expire(pending: Pending): void {
    pending.maybeStored ||= pending.inCall;
    pending.settle(this.#failure(pending));
  }

  #failure({ maybeStored, lastError, message }: Pending): QueueError {
    const { queueUrl } = this.#options;
    const facts = lastError?.facts ?? { queueUrl, ids: [message.id] };
    const because = lastError?.message ?? `${queueUrl}: no answer before the deadline`;
    const options = { retryable: true, facts, cause: lastError };
    if (maybeStored) return new QueueError("timeout", because, options);
    return lastError !== undefined && !lastError.retryable
      ? lastError
      : new QueueError("unavailable", because, options);
  }

  #block(group: string): void {
    this.#blocked.set(group, (this.#blocked.get(group) ?? 0) + 1);
  }

  #unblock(group: string): void {
    const left = (this.#blocked.get(group) ?? 1) - 1;
    if (left === 0) this.#blocked.delete(group);
    else this.#blocked.set(group, left);
  }
}
