import { closingBracket, comma, openingBracket, scanValue, skipWhiteSpace } from "./json-scan.ts";

/** Elements of an array that stand one after the other in its text. */
export interface ElementGroup {
  /** Offsets of what stands before and behind each of them: a comma, or a bracket of the array. */
  readonly separators: readonly number[];
  /** Levels of brackets in the one that nests deepest. */
  readonly depth: number;
}

/** Bytes after which a group ends. */
const groupBytes = 65_536;

/**
 * Finds the elements of a JSON array, and builds none of them.
 *
 * @param start where the array begins in the text
 * @param most elements; of an array with more, it finds one more than these
 * @returns undefined when no array begins there, or something other than its closing bracket ends the text: nobody knows
 *   then where its elements are
 */
export function elementGroups(
  bytes: Uint8Array,
  start: number,
  most: number,
): readonly ElementGroup[] | undefined {
  if (bytes[start] !== openingBracket) return undefined;
  const groups: ElementGroup[] = [];
  let separators = [start];
  let deepest = 0;
  for (let found = 0; found <= most; found += 1) {
    const before = separators.at(-1) ?? start;
    const { end, depth } = scanValue(bytes, before + 1);
    const isLast = bytes[end] !== comma;
    if (isLast && !(bytes[end] === closingBracket && skipWhiteSpace(bytes, end + 1) === bytes.length))
      return undefined;
    if (isLast && found === 0 && skipWhiteSpace(bytes, before + 1, end) === end) return [];
    separators.push(end);
    deepest = Math.max(deepest, depth);
    if (isLast || found === most || end - (separators[0] ?? 0) >= groupBytes) {
      groups.push({ separators, depth: deepest });
      separators = [end];
      deepest = 0;
    }
    if (isLast) break;
  }
  return groups;
}
