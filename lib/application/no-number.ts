import {
  closingBrace,
  closingBracket,
  colon,
  comma,
  endOfString,
  openingBrace,
  openingBracket,
  quote,
  skipWhiteSpace,
} from "./json-scan.ts";

/** What Python's `json.dumps` writes by default, and no JSON has (RFC 8259 §6). */
const noNumbers: ReadonlyMap<number | undefined, Uint8Array> = new Map(
  ["NaN", "Infinity"].map((name) => [name.charCodeAt(0), Buffer.from(name)]),
);

/** Levels of brackets in which a field is named: a text of a million brackets must not take memory for each. */
const deepest = 64;

/** Characters of the longest name that is told. */
const longestName = 128;

export interface NoNumber {
  /** Dotted path of the field that has it; undefined where it cannot be named. */
  readonly field: string | undefined;
}

/** Where the text of a key stands, quotes included. */
interface Key {
  readonly start: number;
  readonly end: number;
}

/**
 * The first NaN or Infinity outside strings in what was to be JSON; undefined where there is none. Found in one pass: a text that
 * is made for it must cost no more.
 */
export function findNoNumber(bytes: Uint8Array): NoNumber | undefined {
  /** By level: the key, or the index, at which the walk is; undefined in an object before its first key. */
  const path: (Key | number | undefined)[] = [];
  let level = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      const start = at;
      at = endOfString(bytes, at);
      if (level > 0 && level <= deepest && bytes[skipWhiteSpace(bytes, at + 1)] === colon) {
        path[level - 1] = { start, end: at + 1 };
      }
    } else if (byte === openingBrace || byte === openingBracket) {
      if (level < deepest) path[level] = byte === openingBracket ? 0 : undefined;
      level += 1;
    } else if (byte === closingBrace || byte === closingBracket) {
      level = Math.max(0, level - 1);
    } else if (byte === comma) {
      const index = path[level - 1];
      if (typeof index === "number" && level <= deepest) path[level - 1] = index + 1;
    } else if (noNumbers.get(byte)?.every((each, index) => each === bytes[at + index])) {
      return { field: level > deepest ? undefined : nameOf(path.slice(0, level), bytes) };
    }
  }
  return undefined;
}

function nameOf(path: readonly (Key | number | undefined)[], bytes: Uint8Array): string | undefined {
  if (path.length === 0) return undefined;
  const names: string[] = [];
  for (const part of path) {
    const name = typeof part === "number" ? String(part) : keyOf(part, bytes);
    if (name === undefined) return undefined;
    names.push(name);
  }
  const name = names.join(".");
  return name === "" || name.length > longestName ? undefined : name;
}

function keyOf(key: Key | undefined, bytes: Uint8Array): string | undefined {
  if (key === undefined || key.end - key.start > 6 * longestName) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes.subarray(key.start, key.end)).toString());
  } catch {
    return undefined;
  }
}
