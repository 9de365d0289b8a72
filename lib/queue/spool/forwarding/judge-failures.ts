import type { Candidate } from "./forwarding-window.ts";
import type { CallResult } from "./sort-deliveries.ts";

/** Messages that may fail one after the other, each by its own fault: where there are more, it is the queue's. */
const tooManyInVain = 10;
/** Sendings that failed, after which a message may be at fault whatever the queue says of it. */
const enoughTries = 8;

/** How the forwarding went when the call ended. */
export interface Circumstances {
  /** Messages that the call had. */
  readonly sent: number;
  /** Whether it was to find out if the queue is back. */
  readonly trying: boolean;
  /** Different messages that have failed since something got through, those of this call included. */
  readonly inVain: number;
}

/** What the failures of one call say. */
export interface Verdict {
  /** Whether the others would fare no better now. */
  readonly nothingGoes: boolean;
  /** Those that failed, as they are to be sent again; when, is for the caller to say. */
  readonly retries: readonly Candidate[];
}

/**
 * What the failures of a call say of the rest. One message that fails alone says nothing of the others, unless many have
 * while nothing got through: after a long outage most go alone. When a whole call fails, that may be for one in it, so
 * each of them goes with half the company the next time, until the one at fault is alone. Where the queue only wants them
 * later, it has to say so often: to send fewer in each call would be no help to one that has too much to do.
 */
export function judgeFailures(
  { failed, unavailable, mayBeForOne }: CallResult,
  { sent, trying, inVain }: Circumstances,
): Verdict {
  const allFailed = failed.length === sent;
  const shared = allFailed && sent > 1;
  const isOutcast = sent === 1 && failed[0]?.company === 1;
  const saysMuch = sent > 1 || trying || (unavailable && !isOutcast) || inVain > tooManyInVain;
  const retries = failed.map((candidate) => ({
    ...candidate,
    tries: candidate.tries + 1,
    failures: shared ? candidate.failures : candidate.failures + 1,
    company: shared && (mayBeForOne || candidate.tries >= enoughTries) ? sent >> 1 : candidate.company,
  }));
  return { nothingGoes: allFailed && saysMuch, retries };
}
