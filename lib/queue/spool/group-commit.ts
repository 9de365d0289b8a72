import type { Clock } from "../../message/clock.ts";
import { QueueError } from "../queue-error.ts";
import { Alarm } from "./alarm.ts";
import type { CommitLimits } from "./commit-shares.ts";
import type { Cancel, Timers } from "./timers.ts";

export interface GroupCommitOptions<Item, Result> {
  /**
   * Makes all the items durable and gives a result for each, in their order, or rejects and none of them is. May be called
   * once more before it has settled; then the second is made durable after the first.
   */
  readonly write: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Milliseconds for which the first item waits for others to share its write; none where the last write had but one. */
  readonly delay: number;
  /** Items that are written without waiting for more. */
  readonly enough: number;
  /**
   * What one write has at most, beyond the first of those that are added, and two at a time have between them: what is added
   * together is written together.
   */
  readonly most: CommitLimits;
  /** The same after a write that took longer than `slow` milliseconds: what can be done about a slow disk is to ask it less often. */
  readonly mostIfSlow: CommitLimits;
  readonly slow: number;
}

/** Items that were added together. */
interface Pending<Item, Result> {
  readonly items: readonly Item[];
  readonly bytes: number;
  readonly deadline: number;
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: QueueError) => void;
  expired: boolean;
}

/** Writes at a time: where there is enough to do, whoever writes finds the next at hand when it has ended one. */
const mostWrites = 2;

/**
 * Lets items that come at the same time share one write: a sync of the disk costs nearly the same for one as for a
 * hundred. While one write is under way the next gathers, and is handed on before the first has ended once it has enough,
 * but for a slow disk.
 */
export class GroupCommit<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  readonly #expiry: Alarm;
  #gathered: Pending<Item, Result>[] = [];
  /** Under way, in the order in which they began. */
  readonly #writes = new Set<readonly Pending<Item, Result>[]>();
  /** Of all of those. */
  readonly #underWay = { items: 0, bytes: 0 };
  /** Whether the last write was shared: only then are more likely to come soon. */
  #hadCompany = false;
  /** Whether the last write took long. */
  #wasSlow = false;
  /** When the last write ended: the next one that was under way began in earnest only then. */
  #lastEnd = Number.NEGATIVE_INFINITY;
  /** Whether anybody was told that it took too long, since a write last came to its end. */
  #isLate = false;
  /** Whether the first of the gathered has waited long enough. */
  #due = false;
  /** Stays set until the write that it is for begins. */
  #cancelDelay: Cancel | null = null;
  #bytes = 0;
  #closed: PromiseWithResolvers<void> | null = null;

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.#options = options;
    this.#expiry = new Alarm(options.clock, options.timers, () => this.#expire());
  }

  /** Whether a write that is under way has taken longer than its callers, or those behind it, could wait. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Bytes that are gathered or being written. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Resolves once the items, at least one, are durable, with the result of each. They share one write.
   *
   * @param bytes of all of them
   * @param deadline on the monotonic clock, in milliseconds
   * @throws {QueueError} what `write` rejected with; `timeout` when the write was still under way at the deadline;
   *   `unavailable` when it had not begun by then
   */
  add(items: readonly Item[], bytes: number, deadline: number): Promise<readonly Result[]> {
    if (this.#closed !== null)
      return Promise.reject(new QueueError("unavailable", "the spool is closed", { retryable: true }));
    return new Promise((resolve, reject) => {
      this.#bytes += bytes;
      this.#gathered.push({ items, bytes, deadline, resolve, reject, expired: false });
      this.#expiry.atLatest(deadline);
      this.#cancelDelay ??= this.#options.timers.after(this.#hadCompany ? this.#options.delay : 0, () => {
        this.#due = true;
        this.#writeIfDue();
      });
      this.#writeIfDue();
    });
  }

  /** Takes no more, and resolves once all that was taken has been answered. Idempotent. */
  close(): Promise<void> {
    if (this.#closed === null) {
      this.#closed = Promise.withResolvers();
      this.#resolveClosed();
      this.#writeIfDue();
    }
    return this.#closed.promise;
  }

  #writeIfDue(): void {
    if (this.#gathered.length === 0) {
      if (this.#writes.size === 0) this.#expiry.clear();
      this.#resolveClosed();
    } else if (this.#mayWrite()) {
      void this.#write();
    }
  }

  #mayWrite(): boolean {
    if (this.#writes.size === 0) return this.#due || this.#closed !== null || this.#hasEnough();
    return this.#writes.size < mostWrites && !this.#wasSlow && this.#hasEnough(this.#batchLength());
  }

  async #write(): Promise<void> {
    const batch = this.#gathered.splice(0, this.#batchLength());
    const items = batch.flatMap((pending) => pending.items);
    const bytes = batch.reduce((sum, pending) => sum + pending.bytes, 0);
    this.#writes.add(batch);
    this.#underWay.items += items.length;
    this.#underWay.bytes += bytes;
    this.#hadCompany = batch.length > 1;
    this.#due = this.#gathered.length > 0;
    this.#cancelDelay?.();
    this.#cancelDelay = null;
    const { clock, slow } = this.#options;
    const began = clock.monotonic();
    try {
      const results = await this.#options.write(items);
      let start = 0;
      for (const pending of batch) {
        const end = start + pending.items.length;
        pending.resolve(results.slice(start, end));
        start = end;
      }
    } catch (error) {
      const failure =
        error instanceof QueueError
          ? error
          : new QueueError("unavailable", "the spool failed", { cause: error, retryable: true });
      for (const pending of batch) pending.reject(failure);
    }
    this.#isLate = false;
    const now = clock.monotonic();
    this.#wasSlow = now - Math.max(began, this.#lastEnd) > slow;
    this.#lastEnd = now;
    this.#writes.delete(batch);
    this.#underWay.items -= items.length;
    this.#underWay.bytes -= bytes;
    this.#bytes -= bytes;
    this.#writeIfDue();
  }

  /** A write that never ends does not keep it open once its callers have been told. */
  #resolveClosed(): void {
    const answered = this.#gathered.length === 0 && this.#writing().every(({ expired }) => expired);
    if (answered) this.#closed?.resolve();
  }

  #writing(): readonly Pending<Item, Result>[] {
    return [...this.#writes].flat();
  }

  /** @param length of what has been gathered, from the first on */
  #hasEnough(length = this.#gathered.length): boolean {
    let count = 0;
    return this.#gathered.slice(0, length).some(({ items }) => {
      count += items.length;
      return count >= this.#options.enough;
    });
  }

  /** Writes that are under way together have no more than one may have. */
  #batchLength(): number {
    const most = this.#wasSlow ? this.#options.mostIfSlow : this.#options.most;
    let { items: count, bytes } = this.#underWay;
    const excess = this.#gathered.findIndex((pending, index) => {
      count += pending.items.length;
      bytes += pending.bytes;
      const isFirst = index === 0 && this.#writes.size === 0;
      return !isFirst && (count > most.items || bytes > most.bytes);
    });
    return excess === -1 ? this.#gathered.length : excess;
  }

  /** Only a stalled disk gets this far: its callers are told in time, and what has not been written never is. */
  #expire(): void {
    const now = this.#options.clock.monotonic();
    const expired = (pending: Pending<Item, Result>) => pending.deadline <= now && !pending.expired;
    for (const pending of this.#writing().filter(expired)) {
      this.#isLate = true;
      pending.expired = true;
      pending.reject(new QueueError("timeout", "the spool was not synced in time", { retryable: true }));
    }
    for (const pending of this.#gathered.filter(expired)) {
      this.#isLate = this.#writes.size > 0;
      pending.expired = true;
      this.#bytes -= pending.bytes;
      pending.reject(new QueueError("unavailable", "the spool is behind", { retryable: true }));
    }
    this.#gathered = this.#gathered.filter((pending) => !pending.expired);
    for (const pending of [...this.#writing(), ...this.#gathered]) {
      if (!pending.expired) this.#expiry.atLatest(pending.deadline);
    }
    this.#resolveClosed();
    this.#writeIfDue();
  }
}
