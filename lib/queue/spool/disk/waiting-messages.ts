import type { SpooledMessage } from "../spooled-message.ts";

/** Where reading stops, whichever comes first; the bytes are those with which they are exceeded. */
export interface PageLimit {
  readonly messages: number;
  readonly bytes: number;
}

/** Where the waiting messages are. Both may throw. */
export interface WaitingMessages {
  /** In their order, from the first whose sequence is above `after`; none only at the end. */
  page(after: number, limit: PageLimit): readonly SpooledMessage[];
  /** Those of one group among the sequences from `first` to `last`, in their order. */
  pageOf(group: string, first: number, last: number, most: number): readonly SpooledMessage[];
}
