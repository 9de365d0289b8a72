import type { SpooledMessage } from "../spooled-message.ts";
import type { Carrier } from "./carrier.ts";
import type { Pace } from "./forwarding-pace.ts";
import { type Held, HeldMessages } from "./held-messages.ts";

/** A waiting message that has been read from the disk. Times are monotonic milliseconds. */
export interface Candidate {
  readonly message: SpooledMessage;
  /** When it was read. */
  readonly since: number;
  /** Sendings that failed. */
  readonly tries: number;
  /** The same, but for those that all messages of a call shared. */
  readonly failures: number;
  /** It is not sent before. */
  readonly notBefore: number;
  /** Messages that its call may have, itself included: fewer each time that a whole call failed with it. */
  readonly company: number;
}

/** What the next call could carry. */
export interface Load {
  readonly candidates: readonly Candidate[];
  /** No call can carry more, so there is nothing to wait for. */
  readonly full: boolean;
}

/**
 * The messages next in line, in their order, and which of them may go now. On a FIFO queue only one message of a group
 * is under way at a time: the entries of a call succeed and fail one by one, so a second one of the group could be
 * stored before the first.
 */
export class ForwardingWindow {
  readonly #carrier: Pick<Carrier, "fifo" | "callLimits">;
  readonly #pace: Pick<Pace, "bytes">;
  #inLine: Candidate[] = [];
  readonly #groupsUnderWay = new Set<string>();
  readonly #held: HeldMessages;
  /** From when on none in line has to wait. */
  #allMayGoFrom = Number.NEGATIVE_INFINITY;

  constructor(carrier: Pick<Carrier, "fifo" | "callLimits">, pace: Pick<Pace, "bytes">) {
    this.#carrier = carrier;
    this.#pace = pace;
    this.#held = new HeldMessages(carrier.fifo);
  }

  /** What is in line or under way. */
  get held(): Held {
    return this.#held.count;
  }

  /**
   * @param messages those of a group in their order, all after those of it that were added before
   * @param since when they were read
   */
  add(messages: readonly SpooledMessage[], since: number): void {
    for (const message of messages) {
      this.#held.add(message);
      const company = this.#carrier.callLimits.entries;
      this.#inLine.push({ message, since, tries: 0, failures: 0, notBefore: since, company });
    }
    this.#allMayGoFrom = Math.max(this.#allMayGoFrom, since);
  }

  /** The first that may go now and fit into one call. */
  next(now: number): Load {
    return this.#load(this.#ready(now));
  }

  /**
   * As `next`, to find out whether the queue takes anything: those that have failed least go first, so that none keeps
   * others from being tried. Those that have failed by themselves are left out as long as there are others.
   */
  nextToTry(now: number): Load {
    const ready = [...this.#ready(now)].sort((one, other) => one.tries - other.tries);
    const unsuspected = ready.filter(({ company }) => company > 1);
    return this.#load(unsuspected.length > 0 ? unsuspected : ready.slice(0, 1));
  }

  *#ready(now: number): Iterable<Candidate> {
    const { fifo } = this.#carrier;
    const groupsPassed = new Set<string>();
    for (const candidate of this.#inLine) {
      const group = candidate.message.callsign;
      if (fifo && (this.#groupsUnderWay.has(group) || groupsPassed.has(group))) continue;
      if (fifo) groupsPassed.add(group);
      if (candidate.notBefore <= now) yield candidate;
    }
  }

  #load(ready: Iterable<Candidate>): Load {
    const candidates: Candidate[] = [];
    let bytes = 0;
    let most = this.#carrier.callLimits.entries;
    for (const candidate of ready) {
      most = Math.min(most, candidate.company);
      // What alone exceeds the limit still goes, for the queue to judge.
      const fits = candidates.length < most && bytes + candidate.message.bytes <= this.#pace.bytes;
      if (candidates.length > 0 && !fits) return { candidates, full: true };
      candidates.push(candidate);
      bytes += candidate.message.bytes;
      if (candidates.length === most) return { candidates, full: true };
    }
    return { candidates, full: false };
  }

  /** The earliest time at which a message that has to wait may go; infinity when none waits. */
  nextRetry(now: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    // Hundreds are in line where there is much to do, and each call asks.
    if (now >= this.#allMayGoFrom) return earliest;
    for (const { notBefore } of this.#inLine) {
      if (notBefore > now && notBefore < earliest) earliest = notBefore;
    }
    return earliest;
  }

  take({ candidates }: Load): void {
    if (startsWith(this.#inLine, candidates)) {
      this.#inLine.splice(0, candidates.length);
    } else {
      const taken = new Set(candidates);
      this.#inLine = this.#inLine.filter((candidate) => !taken.has(candidate));
    }
    for (const { message } of candidates) this.#groupsUnderWay.add(message.callsign);
  }

  /** The message has left: it is on the queue, or set aside. */
  done({ message }: Candidate): void {
    this.#held.left(message);
    this.#groupsUnderWay.delete(message.callsign);
  }

  /** The message goes back to its place in the line, to be sent again. */
  putBack(candidate: Candidate): void {
    const { sequence, callsign } = candidate.message;
    this.#held.failed(candidate.message);
    this.#groupsUnderWay.delete(callsign);
    const place = this.#inLine.findIndex(({ message }) => message.sequence > sequence);
    this.#inLine.splice(place === -1 ? this.#inLine.length : place, 0, candidate);
    this.#allMayGoFrom = Math.max(this.#allMayGoFrom, candidate.notBefore);
  }
}

/** As where no message failed, which is nearly always: then the line need not be made anew for each call. */
function startsWith(line: readonly Candidate[], first: readonly Candidate[]): boolean {
  for (const [index, candidate] of first.entries()) if (line[index] !== candidate) return false;
  return true;
}
