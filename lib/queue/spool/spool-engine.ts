import type { Clock } from "../../message/clock.ts";
import { Alarm } from "./alarm.ts";
import { Departures } from "./departures.ts";
import type { Ballast } from "./disk/ballast.ts";
import type { DuplicateWindow, Repeat, Sorted } from "./disk/duplicate-window.ts";
import type { SpoolFiles } from "./disk/spool-files.ts";
import { SpoolRoom } from "./disk/spool-room.ts";
import type { SpoolStore } from "./disk/spool-store.ts";
import type { Carrier } from "./forwarding/carrier.ts";
import { Forwarder, type ForwardingPolicy } from "./forwarding/forwarder.ts";
import type { SpoolObserver } from "./spool-event.ts";
import type { AppendOutcome, SpoolReport } from "./spool-link.ts";
import type { SpoolContents } from "./spool-state.ts";
import { type SpoolableMessage, type SpooledMessage, totalBytes } from "./spooled-message.ts";
import type { Timers } from "./timers.ts";

export interface SpoolEngineOptions {
  readonly store: SpoolStore;
  /** That of the store. */
  readonly window: DuplicateWindow;
  readonly ballast: Ballast;
  readonly files: Pick<SpoolFiles, "inPlace">;
  readonly carrier: Carrier;
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly observe: SpoolObserver;
  /** Is told after each change. */
  readonly report: (report: SpoolReport) => void;
  readonly forwarding: ForwardingPolicy;
}

/** Why a commit failed, for the operator, or null when all of it is durable. */
interface CommitResult {
  readonly failure: string | null;
  readonly appended: readonly SpooledMessage[];
}

function failed(failure: string): CommitResult {
  return { failure, appended: [] };
}

/** Milliseconds that a delivered message stays on disk at most: deliveries share commits, best with new messages. */
const settleDelay = 100;
/** Milliseconds between attempts on a disk that is not well. */
const retryDelay = 1_000;
/** Milliseconds between looks at whether another program has written to the spool. */
const lookDelay = 1_000;

const nothingNew = { fresh: [], receipts: Buffer.alloc(0) };

/**
 * The store and the forwarder, joined: what has been delivered is removed in the transaction that stores new messages,
 * where there are any. Blocks its thread with each commit.
 */
export class SpoolEngine {
  readonly #options: SpoolEngineOptions;
  readonly #forwarder: Forwarder;
  readonly #settling: Alarm;
  readonly #recovery: Alarm;
  readonly #look: Alarm;
  readonly #arrival: Alarm;
  /** What was stored and is not yet with the forwarder, by commits. */
  readonly #arrived: (readonly SpooledMessage[])[] = [];
  readonly #departures = new Departures();
  readonly #room: SpoolRoom;
  #contents: SpoolContents;
  #storingError: string | null = null;

  constructor(options: SpoolEngineOptions) {
    const { clock, timers, store, ballast, files, forwarding } = options;
    this.#options = options;
    this.#room = new SpoolRoom({ store, ballast, files });
    this.#contents = store.contents();
    this.#settling = new Alarm(clock, timers, () => this.#settle());
    this.#recovery = new Alarm(clock, timers, () => this.#recover());
    this.#look = new Alarm(clock, timers, () => this.#lookForChanges());
    this.#arrival = new Alarm(clock, timers, () => this.#forward());
    this.#forwarder = new Forwarder({
      ...options,
      waiting: store,
      onStored: (messages) => {
        this.#departures.stored(messages);
        this.#settleSoon();
      },
      onRefused: (message, reason) => {
        this.#departures.refused(message, reason);
        this.#settleSoon();
      },
      onError: () => this.#report(),
      policy: forwarding,
    });
  }

  /** Makes durable what is there, and begins to forward it. */
  start(): void {
    this.#room.restore();
    const failure = this.#room.whyNotStoring();
    if (failure !== null) this.#storingFailed(0, failure);
    this.#forwarder.wake();
    this.#report();
    this.#lookSoon();
  }

  /** Makes messages durable, but for repeats of others that are. */
  append(messages: readonly SpoolableMessage[]): AppendOutcome {
    let sorted: Sorted;
    try {
      sorted = this.#options.window.sort(messages);
      this.#options.store.confirm();
    } catch (error) {
      return this.#appendFailed(messages, this.#room.explain(error));
    }
    // Repeats alone need no room on the disk.
    const failure = sorted.fresh.length === 0 ? null : this.#store(sorted);
    if (failure !== null) return this.#appendFailed(messages, failure);
    this.#observeRepeats(sorted.repeats);
    return { outcome: "stored", repeats: sorted.repeats };
  }

  /**
   * Stops at a point where nothing is half done, and lets go of the disk and the carrier.
   *
   * @param patience milliseconds that calls under way are given
   */
  async close(patience: number): Promise<void> {
    this.#arrival.clear();
    await this.#forwarder.stop(patience);
    // A failure here costs no more than a second delivery.
    while (this.#departures.size > 0 && this.#commit(nothingNew).failure === null);
    this.#settling.clear();
    this.#recovery.clear();
    this.#look.clear();
    this.#report();
    this.#options.carrier.close();
    this.#options.store.close();
    this.#room.keepForOpening();
  }

  #store(sorted: Sorted): string | null {
    const { clock, observe } = this.#options;
    const began = clock.monotonic();
    const bytes = totalBytes(sorted.fresh);
    const result = this.#commit(sorted, bytes);
    if (result.failure !== null) return result.failure;
    this.#storingResumed();
    observe({ event: "stored", messages: sorted.fresh.length, duration: clock.monotonic() - began });
    this.#report();
    this.#arrived.push(result.appended);
    this.#arrival.atLatest(clock.monotonic());
    return null;
  }

  /** Apart from the commit: whoever pushed is told first, and a commit that waits behind it goes before the calls to the queue. */
  #forward(): void {
    for (const messages of this.#arrived.splice(0)) this.#forwarder.arrived(messages);
  }

  #appendFailed(messages: readonly SpoolableMessage[], reason: string): AppendOutcome {
    this.#storingFailed(messages.length, reason);
    return { outcome: "failed", reason };
  }

  #observeRepeats(repeats: readonly Repeat[]): void {
    if (repeats.length === 0) return;
    const duplicates = repeats.filter(({ repeat }) => repeat === "duplicate").length;
    this.#options.observe({ event: "repeated", duplicates, conflicts: repeats.length - duplicates });
  }

  #settleSoon(): void {
    const now = this.#options.clock.monotonic();
    this.#settling.atLatest(this.#departures.areMany ? now : now + settleDelay);
  }

  #settle(): void {
    if (this.#departures.size === 0) return;
    const { failure } = this.#commit(nothingNew);
    if (failure !== null) this.#storingFailed(0, failure);
    else if (this.#departures.size > 0) this.#settleSoon();
    this.#report();
  }

  /** @param bytes of the fresh ones; without any, no room is asked for: what leaves makes some */
  #commit({ fresh, receipts }: Pick<Sorted, "fresh" | "receipts">, bytes = 0): CommitResult {
    const { store, clock } = this.#options;
    const departure = this.#departures.next();
    let appended: readonly SpooledMessage[];
    try {
      const obstacle = fresh.length > 0 ? this.#room.obstacle(bytes) : null;
      if (obstacle !== null) return failed(obstacle);
      appended = store.commit({ appended: fresh, receipts, ...departure }, clock.now());
    } catch (error) {
      return failed(this.#room.explain(error));
    }
    this.#departures.left(departure);
    this.#recount();
    return { failure: null, appended };
  }

  /** What is durable is, whether it can be counted or not; the next commit counts again. */
  #recount(): void {
    try {
      this.#contents = this.#options.store.contents();
    } catch {
      // A disk that cannot be read tells so where messages are stored and sent.
    }
  }

  #storingFailed(messages: number, reason: string): void {
    const { clock, observe } = this.#options;
    this.#storingError = reason;
    this.#recovery.atLatest(clock.monotonic() + retryDelay);
    observe({ event: "storing_failed", messages, reason });
    this.#report();
  }

  #storingResumed(): void {
    if (this.#storingError === null) return;
    this.#storingError = null;
    this.#options.observe({ event: "storing_resumed" });
  }

  /** Goes on until the disk is well, also when nobody pushes: health would keep them all away. */
  #recover(): void {
    const { clock } = this.#options;
    this.#room.restore();
    const settled = this.#departures.size > 0 ? this.#commit(nothingNew).failure : null;
    const failure = settled ?? this.#room.whyNotStoring();
    if (failure !== null) {
      this.#storingFailed(0, failure);
      return;
    }
    this.#storingResumed();
    if (this.#departures.size > 0) this.#settleSoon();
    if (!this.#room.isWhole) this.#recovery.atLatest(clock.monotonic() + retryDelay);
    this.#report();
  }

  #lookSoon(): void {
    this.#look.atLatest(this.#options.clock.monotonic() + lookDelay);
  }

  /** An operator may have put messages back to be sent, or removed some. */
  #lookForChanges(): void {
    const { store } = this.#options;
    this.#lookSoon();
    const failure = this.#storingError === null ? this.#room.lookAfter() : null;
    if (failure !== null) this.#storingFailed(0, failure);
    try {
      if (!store.changedByOthers()) return;
      this.#contents = store.contents();
    } catch {
      // A disk that cannot be read tells so where messages are stored and sent.
      return;
    }
    this.#forwarder.wake();
    this.#report();
  }

  #report(): void {
    this.#options.report({
      contents: this.#contents,
      forwardingError: this.#forwarder.error,
      storingError: this.#storingError,
    });
  }
}
