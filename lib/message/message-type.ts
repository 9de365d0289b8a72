import type * as z from "zod/mini";

/** One kind of message: a file of its own, and a line in `message-types.ts`. */
export interface MessageType<Name extends string = string, Data extends z.ZodMiniType = z.ZodMiniType> {
  readonly name: Name;
  /**
   * Forwards: what a client may send as `data`, and what is stored of it. Backwards (`z.encode`): what may stand on the
   * queue, unchanged. Its messages say what would be right, as the end of a sentence that starts with the field:
   * `must be …`.
   */
  readonly data: Data;
}

/** A kind that clients may know of, but that only the system behind the queue makes. */
export interface ForbiddenType<Name extends string = string> {
  readonly name: Name;
  /** Why, and what to send instead, for the client that tried. */
  readonly forbidden: string;
}
