import { type ElementGroup, elementGroups } from "./element-groups.ts";
import { decodeUtf8, maxDepth } from "./parse-json.ts";
import { type ParsedItem, type ParsedItems, parsedItem } from "./parsed-items.ts";

/**
 * The elements of a JSON array.
 *
 * @param start where the array begins in the text
 * @param most elements to look for; a count above it says no more than that there are more
 * @returns undefined when the text is no array, or nobody can tell where its elements are
 */
export function arrayItems(text: Uint8Array, start: number, most: number): ParsedItems | undefined {
  const groups = elementGroups(text, start, most);
  if (groups === undefined) return undefined;
  return {
    count: groups.reduce((sum, { separators }) => sum + separators.length - 1, 0),
    *[Symbol.iterator]() {
      for (const group of groups) yield* itemsTogether(text, group) ?? itemsApart(text, group);
    },
  };
}

/** Parsed at once, which takes half as long as one by one; undefined when one of them is bad. */
function itemsTogether(
  text: Uint8Array,
  { separators, depth }: ElementGroup,
): readonly ParsedItem[] | undefined {
  const elements = decodeUtf8(text.subarray((separators[0] ?? 0) + 1, separators.at(-1)));
  if (depth > maxDepth || elements === undefined) return undefined;
  try {
    const values: readonly unknown[] = JSON.parse(`[${elements}]`);
    return values.length === separators.length - 1 ? values.map((value) => ({ value })) : undefined;
  } catch {
    return undefined;
  }
}

function* itemsApart(text: Uint8Array, { separators }: ElementGroup): Iterable<ParsedItem> {
  for (const [index, end] of separators.entries()) {
    if (index > 0) yield parsedItem(text.subarray((separators[index - 1] ?? 0) + 1, end));
  }
}
