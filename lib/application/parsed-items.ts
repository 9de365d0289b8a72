import { parseJson } from "./parse-json.ts";
import { Problem } from "./problem.ts";

/** One of the values in a body, or why it is none. */
export type ParsedItem = { readonly value: unknown } | { readonly problem: Problem };

/** The values of one body. */
export interface ParsedItems {
  readonly count: number;
  /**
   * All of them, in their order. Going through the groups parses those of each together, or each of it as the iteration comes
   * to it.
   */
  readonly groups: Iterable<Iterable<ParsedItem>>;
}

/** What one value's text comes to. */
export function parsedItem(text: Uint8Array): ParsedItem {
  try {
    return { value: parseJson(text, "The message") };
  } catch (error) {
    if (error instanceof Problem) return { problem: error };
    throw error;
  }
}
