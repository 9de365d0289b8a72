import { closingBracket, comma, openingBracket, scanValue } from "./json-scan.ts";

/** Elements of an array that stand one after the other in its text. */
export interface ElementGroup {
  /** Offsets of what stands before and behind each of them: a comma, or a bracket of the array. */
  readonly separators: readonly number[];
  /** Levels of brackets in the one that nests deepest. */
  readonly depth: number;
}

/** Bytes after which a group ends. */
const groupBytes = 65_536;

/** RFC 8259 §2. */
const whiteSpace: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

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
    if (isLast && !(bytes[end] === closingBracket && isBlank(bytes, end + 1, bytes.length))) return undefined;
    if (isLast && found === 0 && isBlank(bytes, before + 1, end)) return [];
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

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (!whiteSpace.has(bytes[at])) return false;
  }
  return true;
}
