import {
  backslash,
  closingBrace,
  closingBracket,
  openingBrace,
  openingBracket,
  quote,
} from "./json-characters.ts";
import { Problem } from "./problem.ts";

/** Levels of nesting that a value may have. Messages have three. */
export const maxDepth = 64;

const letterI = 0x49;
const letterN = 0x4e;

// `ignoreBOM: false` takes a byte order mark off, which some clients put in front (RFC 8259 §8.1 allows it).
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Parses JSON from a client. `{"__proto__": …}` comes out as an own property, as `JSON.parse` has it.
 *
 * @throws {Problem} 400 that says what is wrong: not UTF-8, not JSON, NaN, nested too deep
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text.trim() === "") throw invalid("The body is empty; send a JSON object.");
  if (isDeep(text)) throw invalid(`The body is nested more than ${maxDepth} levels deep.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(explain(text, error));
  }
}

/** @throws {Problem} 400 when it is not UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalid("The body is not UTF-8 text.");
  }
}

/**
 * Whether brackets nest too deep, counted before anything is built. The common case, a single message, costs one search:
 * a text with few opening brackets, in strings or out of them, cannot be deep.
 */
function isDeep(text: string): boolean {
  let opening = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === openingBracket || code === openingBrace) opening += 1;
    if (opening > maxDepth) return nestsDeep(text);
  }
  return false;
}

/** Skips strings by searching for their ends, since that is what most of a large body is. */
function nestsDeep(text: string): boolean {
  let level = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index);
    else if (code === openingBracket || code === openingBrace) {
      level += 1;
      if (level > maxDepth) return true;
    } else if (code === closingBracket || code === closingBrace) level -= 1;
  }
  return false;
}

/** Where the string that starts at a quote ends: at the next one with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let bare = end;
    while (text.charCodeAt(bare - 1) === backslash) bare -= 1;
    if ((end - bare) % 2 === 0) return end;
  }
  return text.length;
}

/** Python's `json.dumps` writes NaN and Infinity by default, which no JSON has (RFC 8259 §6). */
function explain(text: string, error: unknown): string {
  if (hasNoNumber(text)) {
    return "The body is not JSON: NaN and Infinity are not numbers in JSON; leave the field out.";
  }
  return `The body is not JSON: ${error instanceof Error ? error.message : "it cannot be parsed"}`;
}

/** Whether one of them stands outside strings, found in one pass: a text that is made for it must cost no more. */
function hasNoNumber(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index);
    else if (code === letterN && text.startsWith("NaN", index)) return true;
    else if (code === letterI && text.startsWith("Infinity", index)) return true;
  }
  return false;
}

function invalid(detail: string): Problem {
  return new Problem(400, "invalid_json", detail);
}
