import { scanValue, skipWhiteSpace } from "./json-scan.ts";
import { maxDepth } from "./parse-json.ts";
import type { ParsedItems } from "./parsed-items.ts";
import { ValueGroups } from "./value-groups.ts";

const newline = 0x0a;

/**
 * The values that stand on lines of their own (NDJSON). A blank line stands for nothing, as between two files that were put
 * together.
 *
 * @param most values; of a text with more, it finds one more than these
 */
export function lineItems(text: Uint8Array, most: number): ParsedItems {
  const values = new ValueGroups(text, -1);
  let start = skipWhiteSpace(text, 0);
  while (start < text.length && values.count <= most) {
    // Blank lines in between belong to no group.
    if (start > values.before + 1) values.skipTo(start - 1);
    const found = text.indexOf(newline, start);
    const end = found === -1 ? text.length : found;
    const line = text.subarray(start, end);
    const { end: scanned, depth } = scanValue(line, 0);
    // One that ends in the middle of its line, or not at all, may fit together with its neighbours.
    values.add(end, scanned === line.length && depth <= maxDepth);
    start = skipWhiteSpace(text, end);
  }
  return values.items();
}
