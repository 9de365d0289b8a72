import { closingBracket, comma, openingBracket, scanValue, skipWhiteSpace } from "./json-scan.ts";
import { maxDepth } from "./parse-json.ts";
import type { ParsedItems } from "./parsed-items.ts";
import { ValueGroups } from "./value-groups.ts";

/**
 * The elements of a JSON array. Where they stand is told by brackets, commas and quotes alone, so that one that is no JSON
 * is by itself.
 *
 * @param start where the array begins in the text
 * @param most elements; of an array with more, it finds one more than these
 * @returns undefined when no array begins there, or something other than its closing bracket ends the text: nobody knows
 *   then where its elements are
 */
export function arrayItems(text: Uint8Array, start: number, most: number): ParsedItems | undefined {
  if (text[start] !== openingBracket) return undefined;
  const elements = new ValueGroups(text, start);
  while (elements.count <= most) {
    const { before } = elements;
    const { end, depth } = scanValue(text, before + 1);
    if (text[end] !== comma) {
      if (text[end] !== closingBracket || skipWhiteSpace(text, end + 1) !== text.length) return undefined;
      const isEmpty = elements.count === 0 && skipWhiteSpace(text, before + 1) === end;
      if (!isEmpty) elements.add(end, depth <= maxDepth);
      break;
    }
    elements.add(end, depth <= maxDepth);
  }
  return elements.items();
}
