import { parseJson } from "./parse-json.ts";
import { Problem } from "./problem.ts";

/** One of the values in a body, or why it is none. */
export type ParsedItem = { readonly value: unknown } | { readonly problem: Problem };

/** The values of one body. Going through them parses each, or a few at a time, as the iteration comes to it. */
export interface ParsedItems extends Iterable<ParsedItem> {
  readonly count: number;
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
