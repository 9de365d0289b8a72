import type { InsertStatus } from "../application/insert-status.ts";
import type { PhaseName } from "../application/phases.ts";
import type { ProblemCode } from "../application/problem-codes.ts";
import type { ReceiptCounts } from "../application/summary.ts";

export type Transport = "http" | "scgi";

/**
 * What became of a request.
 *
 * - `answered`: the core's answer is out.
 * - `refused`: the door answered in its place.
 * - `timed_out`: its deadline passed; `status` says whose time it was: 408 the client's, 504 the handler's. Without a
 *   status, the client did not take the answer off us.
 * - `client_gone`: the client closed before it could have the answer. The handler's work, if any, is done all the same.
 * - `silent`: there was none. The connection closed before one byte was read of it.
 */
export const requestOutcomes = ["answered", "refused", "timed_out", "client_gone", "silent"] as const;

export type RequestOutcome = (typeof requestOutcomes)[number];

/** The story of one request, for logs, metrics and statistics. Holds nothing of the payload. */
export interface RequestRecord {
  readonly id: string;
  readonly transport: Transport;
  /** Address as the transport knows it; undefined where it was never told. */
  readonly client: string | undefined;
  /** Undefined where the request never got so far, as is `path`. */
  readonly method: string | undefined;
  /** Percent-decoded, without the query: any text that a client makes up. */
  readonly path: string | undefined;
  /** What stands before the action's name in `path`. */
  readonly prefix: string;
  /** Of the answer that was written; undefined where none was. */
  readonly status: InsertStatus | undefined;
  readonly outcome: RequestOutcome;
  /** The code of the problem that it was answered with: of several messages, of the gravest. */
  readonly reason: ProblemCode | undefined;
  /** What became of its messages, where it was one for many. */
  readonly results: ReceiptCounts | undefined;
  /** Bytes on the wire, framing included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** When it came to its end, which its observers are told a little later: milliseconds since the Unix epoch. */
  readonly endedAt: number;
  /**
   * Milliseconds by phase, in their order. `read` counts from the accept, or from the first byte of a request that is not
   * the first on its connection; of one whose head was not whole when another before it was answered, from that answer.
   * `answered` ends when the answer is handed to the system; `closed` when the client has it or is gone.
   */
  readonly phases: readonly (readonly [PhaseName, number])[];
}

/** What a door tells of what happens at it. Its methods must not throw and should be quick. */
export interface ConnectionObserver {
  /**
   * A connection was accepted. One `disconnected` follows, and before it one `finished` for each request, also for a first one
   * that never came whole, and for the answer to a connection that is turned away; or one `silent` where there is none of
   * these, also of a connection that is turned away without an answer. Nothing is told of a later request whose head never
   * came whole and that had no answer, nor of what comes behind the last answer, which is not read.
   */
  connected(transport: Transport): void;
  /** A request has come to its end. */
  finished(record: RequestRecord): void;
  /** A connection has, and nothing was read of it or answered, as of those that only try whether the port is open. */
  silent(record: RequestRecord): void;
  disconnected(transport: Transport): void;
  /** The system gave no connection, for example for want of file descriptors. The door stays open. */
  acceptFailed(transport: Transport, error: Error): void;
}

export const noObserver: ConnectionObserver = {
  connected() {},
  finished() {},
  silent() {},
  disconnected() {},
  acceptFailed() {},
};
