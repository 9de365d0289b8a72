import { isWhiteSpace } from "./json-scan.ts";
import { type ParsedItems, parsedItem } from "./parsed-items.ts";

const newline = 0x0a;

/**
 * The values that stand on lines of their own (NDJSON).
 *
 * @param most lines to look for; a count above it says no more than that there are more
 */
export function lineItems(body: Uint8Array, most: number): ParsedItems {
  const lines = linesOf(body, most);
  return {
    count: lines.length,
    *[Symbol.iterator]() {
      for (const line of lines) yield parsedItem(line);
    },
  };
}

/**
 * The lines that are not blank, in one pass over the bytes, and one more than `most` at most. A blank line stands for
 * nothing, as between two files that were put together.
 */
function linesOf(body: Uint8Array, most: number): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  let isBlank = true;
  for (let end = 0; end <= body.length && lines.length <= most; end += 1) {
    const byte = body[end] ?? newline;
    if (byte === newline) {
      if (!isBlank) lines.push(body.subarray(start, end));
      start = end + 1;
      isBlank = true;
    } else if (isBlank && !isWhiteSpace(byte)) isBlank = false;
  }
  return lines;
}
