import type * as z from "zod/mini";

/** One kind of message: a file of its own, and a line in `message-types.ts`. */
export interface MessageType<Name extends string = string, Data extends z.ZodMiniType = z.ZodMiniType> {
  readonly name: Name;
  /**
   * What `data` may be and what is stored of it. Its messages say what would be right, as the end of a sentence that
   * starts with the field: `must be …`. What it puts out, it takes in unchanged.
   */
  readonly data: Data;
}
