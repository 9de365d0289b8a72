import type { Clock } from "../../../message/clock.ts";
import { type BackoffOptions, backoff } from "../../backoff.ts";
import { Alarm } from "../alarm.ts";
import type { PageLimit, WaitingMessages } from "../disk/waiting-messages.ts";
import type { NamedMessage, SpoolObserver } from "../spool-event.ts";
import { type SpooledMessage, totalBytes } from "../spooled-message.ts";
import type { Timers } from "../timers.ts";
import type { Carrier, Delivery } from "./carrier.ts";
import { ForwardingPace, type Pace } from "./forwarding-pace.ts";
import { ForwardingPause } from "./forwarding-pause.ts";
import { ForwardingReader } from "./forwarding-reader.ts";
import { type Candidate, ForwardingWindow, type Load } from "./forwarding-window.ts";
import { judgeFailures } from "./judge-failures.ts";
import { heldMost } from "./parked-groups.ts";
import { type CallResult, sortDeliveries } from "./sort-deliveries.ts";

export interface ForwarderOptions {
  readonly carrier: Carrier;
  readonly waiting: WaitingMessages;
  /** Is told once of each message that is on the queue. Must not throw. */
  readonly onStored: (messages: readonly SpooledMessage[]) => void;
  /** Is told once of each message that the queue will never take. Must not throw. */
  readonly onRefused: (message: SpooledMessage, reason: string) => void;
  /** Is told when `error` has changed. Must not throw. */
  readonly onError: () => void;
  readonly observe: SpoolObserver;
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly policy: ForwardingPolicy;
}

export interface ForwardingPolicy {
  /** As long as nothing is known of the line. */
  readonly firstPace: Pace;
  /** Calls under way at a time, on a line that carries them. */
  readonly concurrency: number;
  /** Milliseconds that a message waits for others to fill its call. */
  readonly fillDelay: number;
  readonly backoff: BackoffOptions;
  /**
   * What is held in memory: at most that many messages, and some thousands that have failed; of bytes no more than half as much
   * again and one message.
   */
  readonly window: PageLimit;
}

/** Of the window: if more different messages have failed since something got through, those that are not yet read are tried too. */
const muchInVain = 0.1;
/** Messages that may take no room: each call looks through all that are held. */
const mostStuck = 8_000;

/**
 * Takes the waiting messages to the queue, in their order, in calls as full as can be. At least once: what was sent
 * but not yet removed when the program died is sent again, with the same id.
 *
 * A message that fails among others that do not is tried again by itself. When nothing gets through, everything
 * pauses, and then one call tries whether the queue is back.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #pace: ForwardingPace;
  readonly #reader: ForwardingReader;
  readonly #window: ForwardingWindow;
  readonly #pause: ForwardingPause;
  readonly #alarm: Alarm;
  readonly #giveUp = new AbortController();
  /** With the pauses that had been when each began. */
  readonly #calls = new Map<Promise<void>, number>();
  #isUnreadable = false;
  /** Sequences of those that have failed since something got through. */
  readonly #inVain = new Set<number>();
  #stopped = false;

  constructor(options: ForwarderOptions) {
    const { carrier, waiting, clock, timers, random, observe, policy } = options;
    this.#options = options;
    const { fifo, callLimits } = carrier;
    this.#pace = new ForwardingPace(policy.firstPace, { calls: policy.concurrency, bytes: callLimits.bytes });
    this.#reader = new ForwardingReader(waiting, carrier);
    this.#window = new ForwardingWindow({ fifo, callLimits }, this.#pace);
    this.#pause = new ForwardingPause({ backoff: policy.backoff, clock, random, observe });
    this.#alarm = new Alarm(clock, timers, () => this.#advance());
  }

  /** Why messages do not reach the queue at present; null while they do. */
  get error(): string | null {
    return this.#pause.error;
  }

  /** There may be new messages. */
  wake(): void {
    this.#reader.wake();
    this.#advance();
  }

  /**
   * These are new. Where they follow on what has been read, they need not be read from the disk again.
   *
   * @param messages in their order, without gaps
   */
  arrived(messages: readonly SpooledMessage[]): void {
    const { clock, policy } = this.#options;
    const { window } = policy;
    const fit =
      this.#heldMessages + messages.length <= window.messages && this.#window.held.bytes * 2 <= window.bytes;
    this.#window.add(this.#reader.arrived(messages, fit), clock.monotonic());
    this.#advance();
  }

  /**
   * Begins no more calls, and resolves when those under way have been answered, or given up.
   *
   * @param patience milliseconds after which they are aborted
   */
  async stop(patience: number): Promise<void> {
    this.#stopped = true;
    this.#alarm.clear();
    const cancel = this.#options.timers.after(patience, () => this.#giveUp.abort());
    await Promise.all(this.#calls.keys());
    cancel();
  }

  #advance(): void {
    if (this.#stopped) return;
    const { clock, policy } = this.#options;
    const now = clock.monotonic();
    if (now < this.#pause.until) {
      this.#alarm.atLatest(this.#pause.until);
      return;
    }
    for (;;) {
      this.#refill(now);
      if (this.#pause.trying ? this.#isTrying : this.#calls.size >= this.#pace.calls) break;
      // Otherwise a few messages that always fail, and slowly, could have all calls for ever.
      const load = this.#inVain.size > 0 ? this.#window.nextToTry(now) : this.#window.next(now);
      const [first] = load.candidates;
      if (first === undefined) break;
      if (!load.full && now < first.since + policy.fillDelay) {
        this.#alarm.atLatest(first.since + policy.fillDelay);
        break;
      }
      this.#send(load);
    }
    if (now < this.#pause.until) this.#alarm.atLatest(this.#pause.until);
    else this.#alarm.atLatest(this.#isBehind ? now : this.#window.nextRetry(now));
  }

  /** Reads on when half of the window is free, so that each read is worth its while. */
  #refill(now: number): void {
    const { window, fillDelay } = this.#options.policy;
    if (now < this.#pause.until) return;
    try {
      // They have waited for others long enough.
      for (const parked of this.#reader.groups(() => this.#hasRoomForGroup)) {
        this.#window.add(parked, now - fillDelay);
      }
      if (this.#isRoomy) {
        const limit = { messages: window.messages - this.#heldMessages, bytes: window.bytes };
        this.#window.add(this.#reader.page(limit), now);
      }
      this.#readable();
    } catch (error) {
      this.#unreadable(error);
    }
  }

  /**
   * Messages that take room. Where much has failed in vain, what did takes none: hundreds of messages may always
   * fail, each by its own fault, and those behind them are well.
   */
  get #heldMessages(): number {
    const { messages, stuck } = this.#window.held;
    const { window } = this.#options.policy;
    return this.#inVain.size > muchInVain * window.messages
      ? messages - Math.min(stuck, mostStuck)
      : messages;
  }

  /** Whether a page is worth its while. */
  get #isRoomy(): boolean {
    const { window } = this.#options.policy;
    return this.#heldMessages * 2 <= window.messages && this.#window.held.bytes * 2 <= window.bytes;
  }

  /** A group of which nothing is in the window needs little, and gets it also where pages have no room. */
  get #hasRoomForGroup(): boolean {
    const { window } = this.#options.policy;
    return this.#heldMessages + heldMost <= window.messages && this.#window.held.bytes * 2 <= window.bytes;
  }

  /** Whether there is something to be read now. */
  get #isBehind(): boolean {
    return (this.#isRoomy && this.#reader.hasPage) || (this.#hasRoomForGroup && this.#reader.hasGroups);
  }

  #unreadable(error: unknown): void {
    this.#isUnreadable = true;
    this.#pause.begin(`the spool cannot be read: ${String(error)}`, false, this.#pause.count);
    this.#options.onError();
  }

  /** Nobody else would say so where nothing waits to be sent. */
  #readable(): void {
    if (!this.#isUnreadable) return;
    this.#isUnreadable = false;
    this.#pause.end();
    this.#options.onError();
  }

  /** Whether a call is under way to find out if the queue is back: not one from before the pause, which may hang for long. */
  get #isTrying(): boolean {
    for (const pauses of this.#calls.values()) if (pauses === this.#pause.count) return true;
    return false;
  }

  #send(load: Load): void {
    this.#window.take(load);
    const pauses = this.#pause.count;
    const call = this.#call(load, pauses).finally(() => {
      this.#calls.delete(call);
      this.#advance();
    });
    this.#calls.set(call, pauses);
  }

  async #call({ candidates }: Load, pauses: number): Promise<void> {
    const { carrier, clock } = this.#options;
    const began = clock.monotonic();
    const messages = candidates.map(({ message }) => message);
    let deliveries: readonly Delivery[];
    try {
      deliveries = await carrier.send(messages, this.#giveUp.signal);
    } catch (error) {
      deliveries = messages.map(() => ({ outcome: "unknown", error: { message: String(error) } }));
    }
    const result = sortDeliveries(candidates, deliveries);
    // One that fails by itself again has told before what it says of the line; to it no call can be smaller.
    if (messages.length > 1 || !result.failed.some(({ failures }) => failures > 0)) {
      const bytes = totalBytes(messages);
      this.#pace.ended(bytes, began, clock.monotonic(), result.stored.length > 0);
    }
    this.#settle(result);
    this.#judge(result, candidates.length, pauses);
    this.#options.observe({
      event: "sent",
      messages: messages.length,
      stored: result.stored.length,
      refused: result.refused.length,
      retried: result.failed.length,
      duration: clock.monotonic() - began,
    });
  }

  #settle({ stored, refused }: CallResult): void {
    for (const candidate of stored) this.#done(candidate);
    if (stored.length > 0) this.#options.onStored(stored.map(({ message }) => message));
    for (const { candidate, reason } of refused) {
      this.#done(candidate);
      this.#refuse(candidate.message, reason);
    }
  }

  #done(candidate: Candidate): void {
    this.#window.done(candidate);
    this.#reader.left(candidate.message);
  }

  #refuse(message: SpooledMessage, reason: string): void {
    this.#options.onRefused(message, reason);
    this.#options.observe({ event: "set_aside", ...named(message), reason });
  }

  #judge(result: CallResult, sent: number, pauses: number): void {
    const { clock, random, policy } = this.#options;
    const { failed, reason, unavailable } = result;
    const before = this.#pause.error;
    if (failed.length < sent) {
      this.#pause.end();
      this.#inVain.clear();
    }
    for (const { message } of failed) this.#inVain.add(message.sequence);
    const circumstances = { sent, trying: this.#pause.trying, inVain: this.#inVain.size };
    const { nothingGoes, retries } = judgeFailures(result, circumstances);
    const now = clock.monotonic();
    for (const retry of retries) {
      const wait = nothingGoes ? 0 : backoff(retry.failures, policy.backoff, random);
      this.#window.putBack({ ...retry, notBefore: now + wait });
    }
    const [first] = retries;
    if (nothingGoes) {
      this.#pause.begin(reason, unavailable, pauses);
    } else if (first !== undefined) {
      this.#pause.note(reason);
      const { message, tries } = first;
      this.#options.observe({
        event: "sending_failed",
        messages: retries.length,
        ...named(message),
        tries,
        reason,
      });
    }
    if (this.#pause.error !== before) this.#options.onError();
  }
}

function named({ sequence, callsign, id, type }: SpooledMessage): NamedMessage {
  return { sequence, callsign, id, type };
}
