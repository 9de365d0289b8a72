import type { Clock } from "../../message/clock.ts";
import { serialised } from "../../message/serialised-message.ts";
import type { StoredMessage } from "../../message/stored-message.ts";
import type { Push, PushOutcome, PushResult, Queue } from "../queue.ts";
import { QueueError } from "../queue-error.ts";
import { RequestOrder } from "../request-order.ts";
import { countBytes } from "../sqs/sqs-entry.ts";
import { tooLarge } from "../too-large.ts";
import { inTheirPlaces, together } from "./push-results.ts";
import { type CommitPolicy, commitsOf, SpoolCommits } from "./spool-commits.ts";
import type { SpoolObserver } from "./spool-event.ts";
import { SpoolLimit } from "./spool-limit.ts";
import type { SpoolLink, SpoolListener, SpoolReport } from "./spool-link.ts";
import type { SpoolState } from "./spool-state.ts";
import { type SpoolableMessage, spoolable } from "./spooled-message.ts";
import type { Timers } from "./timers.ts";

export interface SpoolPolicy extends CommitPolicy {
  /** Bytes of stored messages, past which pushes are turned away: those on their way and those set aside. */
  readonly limit: number;
  /** Bytes that the queue takes in one message, as far as is known. */
  readonly messageBytes: number;
  /** Milliseconds that calls to the queue are given at most when the spool closes. */
  readonly closePatience: number;
}

export interface SpoolOptions {
  readonly policy: SpoolPolicy;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observe: SpoolObserver;
  /** Resolves once `messageBytes` is as fresh as it can be; awaited before a message is turned away for it. Default: it is. */
  readonly freshen?: () => Promise<void>;
  /** Opens what holds the disk. */
  readonly connect: (listener: SpoolListener) => Promise<SpoolLink>;
}

/**
 * A queue on disk in front of the queue: durable within a few milliseconds whether the queue can be reached or not, and
 * forwarded in the order of acceptance.
 */
export class Spool implements Queue {
  readonly #options: SpoolOptions;
  readonly #link: SpoolLink;
  readonly #commits: SpoolCommits;
  readonly #latest: { readonly report: SpoolReport };
  #closed: Promise<void> | null = null;
  readonly #order = new RequestOrder();
  readonly #limit: SpoolLimit;

  private constructor(options: SpoolOptions, link: SpoolLink, latest: { readonly report: SpoolReport }) {
    this.#options = options;
    this.messageBytes = options.policy.messageBytes;
    this.#link = link;
    this.#latest = latest;
    this.#limit = new SpoolLimit(options.policy.limit);
    this.#commits = new SpoolCommits({
      policy: options.policy,
      clock: options.clock,
      timers: options.timers,
      append: (messages) => link.append(messages),
      onStored: () => this.#limit.found(),
    });
  }

  /** Bytes that the queue takes in one message: what takes more is turned away. */
  messageBytes: number;

  /** Whether the queue keeps the order of each callsign, so that what one request has of it is stored in its order. */
  keepsOrder = false;

  /** @throws {Error} with one line for the operator */
  static async open(options: SpoolOptions): Promise<Spool> {
    const latest: { report: SpoolReport } = { report: nothingKnown };
    const link = await options.connect({
      observe: options.observe,
      report: (report) => {
        latest.report = report;
      },
    });
    return new Spool(options, link, latest);
  }

  /**
   * Resolves once the message is synced to disk. A full disk, a full spool and a stalled disk are `unavailable`; another
   * message under the same key is a `conflict`.
   */
  push(message: StoredMessage, deadline: number, contentId = message.id): Promise<PushOutcome> {
    const pushed = spoolable({ message, contentId });
    if (!this.#isTooLarge(pushed)) return this.#push(pushed, deadline);
    return this.#freshened().then(() => this.#push(pushed, deadline));
  }

  /**
   * What is taken of them shares commits. Where the queue keeps an order those of a request wait for each other, and what stands
   * behind one that is to be sent again fails with it, unstored. Elsewhere only those wait that may be too large.
   */
  pushMany(
    pushes: readonly Push[],
    deadline: number,
    stopped = new Set<string>(),
  ): Promise<readonly PushResult[]> {
    const pushed = pushes.map(spoolable);
    const hasLarge = pushed.some((message) => this.#isTooLarge(message));
    if (!this.keepsOrder) {
      return hasLarge ? this.#pushApart(pushed, deadline) : this.#pushMany(pushed, deadline);
    }
    const freshened = hasLarge ? this.#freshenedBy(deadline) : undefined;
    const results = this.#order.run(stopped, freshened, () => this.#pushInOrder(pushed, deadline, stopped));
    this.#order.hold(stopped, results);
    return results;
  }

  refusal(message: StoredMessage): QueueError | undefined {
    return tooLarge(countBytes(serialised(message)), this.messageBytes);
  }

  #isTooLarge({ bytes }: SpoolableMessage): boolean {
    return bytes > this.messageBytes;
  }

  #freshened(): Promise<void> {
    return this.#options.freshen?.() ?? Promise.resolve();
  }

  /** With time left for those that wait behind one for it: a queue that hangs may never say what it takes. */
  #freshenedBy(deadline: number): Promise<void> {
    const { clock, timers } = this.#options;
    return new Promise((resolve) => {
      const patience = Math.max(0, (deadline - clock.monotonic()) / 2);
      const cancel = timers.after(patience, resolve);
      void this.#freshened().then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** What may be too large waits for the queue's limits, and nothing else with it. */
  async #pushApart(pushed: readonly SpoolableMessage[], deadline: number): Promise<readonly PushResult[]> {
    const isLarge = pushed.map((message) => this.#isTooLarge(message));
    const fitting = this.#pushMany(
      pushed.filter((_, index) => !isLarge[index]),
      deadline,
    );
    await this.#freshened();
    const large = await this.#pushMany(
      pushed.filter((_, index) => isLarge[index]),
      deadline,
    );
    return together(isLarge, large, await fitting);
  }

  #push(pushed: SpoolableMessage, deadline: number): Promise<PushOutcome> {
    const refusal = this.#refusal(pushed, this.#expectedBytes);
    if (refusal !== undefined) return Promise.reject(refusal);
    return this.#commits.store(pushed, deadline);
  }

  /** One commit after the other: each may show which callsigns the next must leave out. */
  async #pushInOrder(
    pushed: readonly SpoolableMessage[],
    deadline: number,
    stopped: Set<string>,
  ): Promise<readonly PushResult[]> {
    const results: PushResult[] = [];
    for (const share of commitsOf(pushed)) {
      for (const [index, result] of (await this.#pushMany(share, deadline, stopped)).entries()) {
        const callsign = share[index]?.callsign;
        if (callsign !== undefined && isToBeSentAgain(result)) stopped.add(callsign);
        results.push(result);
      }
    }
    return results;
  }

  /** @param stopped callsigns of which nothing is taken, and those of which something is turned away for now */
  #pushMany(
    pushed: readonly SpoolableMessage[],
    deadline: number,
    stopped?: Set<string>,
  ): Promise<readonly PushResult[]> {
    const taken: SpoolableMessage[] = [];
    const refusals = new Map<number, QueueError>();
    let expectedBytes = this.#expectedBytes;
    for (const [index, message] of pushed.entries()) {
      const isStopped = stopped?.has(message.callsign) === true;
      const refusal = isStopped ? behindAnother() : this.#refusal(message, expectedBytes);
      if (refusal === undefined) {
        taken.push(message);
        expectedBytes += message.bytes;
      } else {
        refusals.set(index, refusal);
        if (refusal.retryable) stopped?.add(message.callsign);
      }
    }
    // Not awaited here: a function that waits keeps all that it was given.
    return this.#commits.storeAll(taken, deadline).then((stored) => {
      return refusals.size === 0 ? stored : inTheirPlaces(stored, refusals);
    });
  }

  /**
   * Commits what was taken and lets the calls to the queue that are under way end; what waits stays on disk.
   *
   * @param timeLeft milliseconds in which it should be done
   */
  close(timeLeft = Number.POSITIVE_INFINITY): Promise<void> {
    const { clock, policy } = this.#options;
    const endBy = clock.monotonic() + timeLeft;
    this.#closed ??= this.#commits.close().then(() => {
      const left = Math.max(0, endBy - clock.monotonic());
      return this.#link.close(Math.min(left, policy.closePatience));
    });
    return this.#closed;
  }

  state(): SpoolState {
    const { report } = this.#latest;
    const { waiting, setAside, oldestStoredAt } = report.contents;
    const bytes = storedBytes(report);
    const age = oldestStoredAt === null ? 0 : this.#options.clock.now() - oldestStoredAt;
    const full = this.#limit.isFull(bytes) ? "the spool is full" : null;
    // The thread that could tell of a disk that hangs hangs with it.
    const late = this.#commits.isLate ? "the disk of the spool does not answer in time" : null;
    const storingError = report.storingError ?? late ?? full;
    return {
      accepting: this.#closed === null && storingError === null,
      depth: waiting,
      bytes,
      oldestAge: Math.max(0, age) / 1_000,
      setAside,
      forwardingError: report.forwardingError,
      storingError,
    };
  }

  /** Bytes that are stored, and those that are on their way there. */
  get #expectedBytes(): number {
    return storedBytes(this.#latest.report) + this.#commits.bytes;
  }

  /** Of what the queue could never take, and of what the spool has no room for beside what it is to hold before. */
  #refusal({ bytes }: SpoolableMessage, before: number): QueueError | undefined {
    return tooLarge(bytes, this.messageBytes) ?? this.#limit.refusal(bytes, before);
  }
}

function isToBeSentAgain(result: PushResult): boolean {
  return result.outcome === "failed" && result.error.retryable;
}

function behindAnother(): QueueError {
  const reason = "what goes before it in its group is not stored";
  return new QueueError("unavailable", reason, { retryable: true });
}

const nothingKnown: SpoolReport = {
  contents: { waiting: 0, waitingBytes: 0, setAside: 0, setAsideBytes: 0, oldestStoredAt: null },
  forwardingError: null,
  storingError: null,
};

function storedBytes({ contents }: SpoolReport): number {
  return contents.waitingBytes + contents.setAsideBytes;
}
