import type { Counts } from "../../client/ledger.ts";
import type { UploadEnd } from "../../client/upload-end.ts";

/** How the upload of one input has ended. */
export interface SendResult {
  readonly end: UploadEnd;
  /** Of this and all earlier runs. */
  readonly counts: Counts;
  /** Messages that the gateway may have, of which nobody knows. */
  readonly unknown: number;
  /** Whether there are others, which it has not. */
  readonly hasRest: boolean;
  /** The number of the first message that has no outcome, counted from 1. */
  readonly next: number;
}

/** One run over all inputs. */
export interface SendRun {
  /** Messages that came to an outcome in it. */
  readonly settled: number;
  readonly milliseconds: number;
  /** Whether there are inputs that it did not begin. */
  readonly hasRest: boolean;
}

/**
 * One line: `3 accepted, 1 duplicate, 0 rejected, 0 unknown; 0.1 s, 40 a second`. Of a rest nobody has counted how many
 * they are: an input is read no further than it is sent.
 */
export function summaryLine(
  results: readonly SendResult[],
  { settled, milliseconds, hasRest }: SendRun,
): string {
  const sum = (count: (result: SendResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const outcomes = [
    `${sum(({ counts }) => counts.accepted)} accepted`,
    `${sum(({ counts }) => counts.duplicate)} duplicate`,
    `${sum(({ counts }) => counts.rejected)} rejected`,
    `${sum(({ unknown }) => unknown)} unknown`,
    ...(hasRest || results.some((result) => result.hasRest) ? ["the rest not delivered"] : []),
  ];
  const seconds = milliseconds / 1_000;
  return `${outcomes.join(", ")}; ${seconds.toFixed(1)} s, ${Math.round(settled / Math.max(seconds, 0.001))} a second`;
}

/**
 * What a script should do next: 0 nothing, 1 look at what was rejected or could not be read, 2 mend the command line, 75 the
 * same again (EX_TEMPFAIL of sysexits(3)).
 */
export function exitCode(results: readonly SendResult[]): 0 | 1 | 2 | 75 {
  const ends = new Set(results.map(({ end }) => end.end));
  if (ends.has("refused")) return 2;
  if (ends.has("undelivered") || ends.has("unrecorded") || ends.has("interrupted")) return 75;
  return ends.has("unreadable") || results.some(({ counts }) => counts.rejected > 0) ? 1 : 0;
}
