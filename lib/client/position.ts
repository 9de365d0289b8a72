/** A place between two messages of an input, from which reading can go on. */
export interface Position {
  /** Bytes from the beginning, decompressed. */
  readonly offset: number;
  /** Counted from 1. */
  readonly line: number;
  /** Messages before it. */
  readonly index: number;
  /** Whether it is inside a JSON array, where commas part the messages. */
  readonly inArray: boolean;
  /** Whether the end of that array may have been taken for that of the message before it, which is broken. */
  readonly mayBeOver: boolean;
}

export const beginning: Position = { offset: 0, line: 1, index: 0, inArray: false, mayBeOver: false };
