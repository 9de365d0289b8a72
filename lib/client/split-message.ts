import type { Position } from "./position.ts";

/** One message as it stands in an input. Nobody has looked yet whether it is one. */
export interface SplitMessage {
  /** Where it begins. */
  readonly position: Position;
  /** Where the next may begin. */
  readonly next: Position;
  /** Its bytes as they are; of one that is too long only the first, see `tooLong`. */
  readonly text: Buffer;
  /** It has more bytes than any gateway takes. */
  readonly tooLong: boolean;
}
