/** What lies in the spool, exact as of its last commit. */
export interface SpoolContents {
  /** Messages on their way to the queue. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** Messages that the queue will never take, kept for the operator. */
  readonly setAside: number;
  readonly setAsideBytes: number;
  /** When the first of the waiting was stored: milliseconds since the Unix epoch; null when none waits. */
  readonly oldestStoredAt: number | null;
}

/** How the spool is, for health and metrics. */
export interface SpoolState {
  /** Whether a push can be expected to succeed now. */
  readonly accepting: boolean;
  /** Messages waiting for the queue. */
  readonly depth: number;
  /** Bytes of all stored messages, set-aside ones included: what counts against the limit. */
  readonly bytes: number;
  /** Seconds since the first in line was stored: the oldest, but for those that were tried anew by hand. 0 when none waits. */
  readonly oldestAge: number;
  readonly setAside: number;
  /** Why the last message that was tried did not reach the queue; null once one does. */
  readonly forwardingError: string | null;
  /** Why nothing can be stored at present; null while it can. */
  readonly storingError: string | null;
}
