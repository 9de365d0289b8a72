import type { Clock } from "../../message/clock.ts";
import { serialised } from "../../message/serialised-message.ts";
import type { StoredMessage } from "../../message/stored-message.ts";
import { backoff } from "../backoff.ts";
import { failed, type Push, type PushOutcome, type PushResult, type Queue } from "../queue.ts";
import { QueueError } from "../queue-error.ts";
import type { QueueObserver } from "../queue-observer.ts";
import { RequestOrder } from "../request-order.ts";
import { tooLarge } from "../too-large.ts";
import { PendingPush } from "./pending-push.ts";
import { planBatch, sqsBatchLimits } from "./plan-batch.ts";
import { assumedLimits, type QueueLimits } from "./queue-limits.ts";
import { RecentKeys } from "./recent-keys.ts";
import { type SqsTarget, sendBatch } from "./send-batch.ts";
import { countBytes, type SqsEntry, sqsEntry } from "./sqs-entry.ts";

export interface SqsQueueOptions {
  readonly client: SqsTarget["client"] & { destroy(): void };
  readonly queueUrl: string;
  readonly clock: Clock;
  /** What the queue takes; by default what is assumed of it unasked. */
  readonly limits?: QueueLimits;
  /** Resolves once `messageBytes` is as fresh as it can be; awaited before a message is turned away for it. Default: it is. */
  readonly freshen?: () => Promise<void>;
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

const retries = { base: 50, cap: 1_000 };

interface Candidate extends Push {
  readonly entry: SqsEntry;
}

function candidateOf(push: Push): Candidate {
  return { ...push, entry: sqsEntry(serialised(push.message)) };
}

/**
 * Puts messages on an SQS queue. Pushes that come together share calls of up to ten, and each has the outcome of its
 * own message.
 *
 * Invariant, kept by `#held` and `planBatch`: on a FIFO queue no two entries of one group are in calls at once, and a
 * group with an entry that waits for its retry sends nothing else. So the order of a group is that of its pushes. What
 * of one request stands behind an entry that is to be sent again fails with it, unsent (`PendingPush.isStopped`).
 */
export class SqsQueue implements Queue {
  readonly #options: Required<SqsQueueOptions>;
  readonly #target: SqsTarget;
  readonly #keys: RecentKeys;
  readonly #order = new RequestOrder();
  /** Groups of the entries that are in a call or wait for their retry. */
  readonly #held = new Set<string>();
  #waiting: PendingPush[] = [];
  #pushesUnderWay = 0;
  #callsUnderWay = 0;
  #flushScheduled = false;
  #lingering = false;
  #closing: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(options: SqsQueueOptions) {
    this.#options = {
      observer: {},
      limits: assumedLimits(options.queueUrl),
      freshen: () => Promise.resolve(),
      concurrency: 8,
      linger: 5,
      random: Math.random,
      schedule: (task, milliseconds) => {
        const timer = setTimeout(task, milliseconds);
        return () => clearTimeout(timer);
      },
      ...options,
    };
    const { client, queueUrl, limits } = this.#options;
    this.messageBytes = limits.messageBytes;
    this.#target = { client, queueUrl, fifo: limits.fifo };
    this.#keys = new RecentKeys(this.#options.clock);
  }

  /** Bytes that the queue takes in one message: what takes more is turned away. */
  messageBytes: number;

  /** A repeat is accepted too: a FIFO queue drops it within five minutes, consumers of a standard queue do by its id. */
  async push(message: StoredMessage, deadline: number, contentId = message.id): Promise<PushOutcome> {
    const candidate = candidateOf({ message, contentId });
    if (this.#isTooLarge(candidate)) await this.#options.freshen();
    return this.#claimed(candidate, deadline, new Set());
  }

  async #claimed(candidate: Candidate, deadline: number, stopped: Set<string>): Promise<PushOutcome> {
    const { message, contentId, entry } = candidate;
    if (!this.#keys.claim(message, contentId)) {
      throw new QueueError(
        "conflict",
        `another message of ${message.source.callsign} was stored as ${message.id}`,
      );
    }
    try {
      const outcome = await this.#push(entry, deadline, stopped);
      this.#keys.stored(message, contentId);
      return outcome;
    } catch (error) {
      const mayBeStored = error instanceof QueueError && error.code === "timeout";
      if (!mayBeStored) this.#keys.release(message, contentId);
      throw error;
    }
  }

  async #push(entry: SqsEntry, deadline: number, stopped: Set<string>): Promise<PushOutcome> {
    const { clock, queueUrl } = this.#options;
    if (this.#closing !== undefined) {
      throw new QueueError("unavailable", `${queueUrl}: closing`, { retryable: true });
    }
    const excess = tooLarge(entry.bytes, this.messageBytes);
    if (excess !== undefined) throw excess;
    const push = new PendingPush(entry, deadline, queueUrl, stopped);
    const cancel = this.#at(deadline, () => push.expire());
    // Where the queue's limits came too late, before the timer, which is a little late too.
    if (clock.monotonic() >= deadline) push.expire();
    this.#pushesUnderWay += 1;
    this.#waiting.push(push);
    this.#flushSoon();
    try {
      await push.outcome;
      return { outcome: "accepted" };
    } finally {
      cancel();
      this.#pushesUnderWay -= 1;
      if (this.#pushesUnderWay === 0) this.#drained?.();
    }
  }

  /** On a FIFO queue those of a request wait for each other, where one of them waits for the queue's limits. */
  pushMany(
    pushes: readonly Push[],
    deadline: number,
    stopped = new Set<string>(),
  ): Promise<readonly PushResult[]> {
    if (!this.#target.fifo) {
      return Promise.all(
        pushes.map(({ message, contentId }) => this.push(message, deadline, contentId).catch(failed)),
      );
    }
    const candidates = pushes.map(candidateOf);
    const hasLarge = candidates.some((candidate) => this.#isTooLarge(candidate));
    return this.#order.run(stopped, hasLarge ? this.#options.freshen() : undefined, () =>
      Promise.all(candidates.map((candidate) => this.#claimed(candidate, deadline, stopped).catch(failed))),
    );
  }

  #isTooLarge({ entry }: Candidate): boolean {
    return entry.bytes > this.messageBytes;
  }

  refusal(message: StoredMessage): QueueError | undefined {
    return tooLarge(countBytes(serialised(message)), this.messageBytes);
  }

  close(): Promise<void> {
    this.#closing ??= new Promise<void>((resolve) => {
      this.#drained = resolve;
      if (this.#pushesUnderWay === 0) resolve();
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
    if (this.#target.fifo) for (const push of this.#waiting) if (push.isStopped) push.stop();
    this.#waiting = this.#waiting.filter(({ settled }) => !settled);
    while (this.#callsUnderWay < this.#options.concurrency && this.#waiting.length > 0) {
      if (this.#waiting.length < sqsBatchLimits.entries && !partial) {
        this.#lingerThenFlush();
        return;
      }
      const isHeld = this.#target.fifo ? (group: string) => this.#held.has(group) : undefined;
      const { batch, rest } = planBatch(this.#waiting, sqsBatchLimits, isHeld);
      // Every group that waits is held; the call or retry that releases it flushes again.
      if (batch.length === 0) return;
      this.#waiting = rest;
      void this.#call(batch);
    }
  }

  #lingerThenFlush(): void {
    if (this.#lingering) return;
    this.#lingering = true;
    this.#options.schedule(() => {
      this.#lingering = false;
      this.#flush(true);
    }, this.#options.linger);
  }

  async #call(batch: readonly PendingPush[]): Promise<void> {
    const { clock, observer } = this.#options;
    this.#callsUnderWay += 1;
    for (const push of batch) {
      this.#held.add(push.group);
      push.enterCall();
    }
    const startedAt = clock.monotonic();
    // Nobody waits for the call any more once the last deadline in it has passed.
    const giveUp = new AbortController();
    const cancel = this.#at(Math.max(...batch.map(({ deadline }) => deadline)), () => {
      // Before their own timers, where those are a little late: else they were tried once more.
      for (const push of batch) push.expire();
      giveUp.abort();
    });
    const outcomes = await sendBatch(this.#target, batch, giveUp.signal);
    cancel();
    this.#callsUnderWay -= 1;
    observer.onBatch?.({
      entries: batch.length,
      stored: outcomes.filter(({ outcome }) => outcome === "stored").length,
      milliseconds: clock.monotonic() - startedAt,
    });
    const again = batch.filter((push, index) => push.leaveCall(outcomes[index]));
    this.#release(batch.filter((push) => !again.includes(push)));
    this.#retry(again);
    this.#flush(this.#callsUnderWay === 0);
  }

  #retry(again: readonly PendingPush[]): void {
    if (again.length === 0) return;
    const { observer, random, schedule } = this.#options;
    const delay = backoff(Math.max(...again.map(({ attempts }) => attempts)), retries, random);
    const error = again.find(({ lastError }) => lastError !== undefined)?.lastError;
    if (error !== undefined) observer.onRetry?.(again.length, delay, error);
    schedule(() => {
      this.#release(again);
      this.#waiting.unshift(...again);
      this.#flush(this.#callsUnderWay === 0);
    }, delay);
  }

  #release(done: readonly PendingPush[]): void {
    for (const { group } of done) this.#held.delete(group);
  }

  /** @param time on the monotonic clock, in milliseconds */
  #at(time: number, task: () => void): () => void {
    const { clock, schedule } = this.#options;
    return schedule(task, Math.max(0, time - clock.monotonic()));
  }
}
