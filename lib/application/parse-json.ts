import { endOfString, quote, scanValue } from "./json-scan.ts";
import { Problem } from "./problem.ts";

/** Levels of nesting that a value may have. Messages have three. */
export const maxDepth = 64;

/** What Python's `json.dumps` writes by default, and no JSON has (RFC 8259 §6). */
const noNumbers: ReadonlyMap<number | undefined, Uint8Array> = new Map(
  ["NaN", "Infinity"].map((name) => [name.charCodeAt(0), Buffer.from(name)]),
);

// `ignoreBOM: false` takes a byte order mark off, which some clients put in front (RFC 8259 §8.1 allows it).
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Parses JSON from a client. `{"__proto__": …}` comes out as an own property, as `JSON.parse` has it.
 *
 * @param subject what it is, for the client
 * @throws {Problem} 400 that says what is wrong: not UTF-8, not JSON, NaN, nested too deep
 */
export function parseJson(bytes: Uint8Array, subject = "The body"): unknown {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw invalid(`${subject} is not UTF-8 text.`);
  if (text.trim() === "") throw invalid(`${subject} is empty; send a JSON object.`);
  // Before anything is built.
  if (scanValue(bytes, 0).depth > maxDepth) {
    throw invalid(`${subject} is nested more than ${maxDepth} levels deep.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`${subject} is not JSON: ${reason(bytes, error)}`);
  }
}

/** @returns undefined when it is none */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function reason(bytes: Uint8Array, error: unknown): string {
  if (hasNoNumber(bytes)) return "NaN and Infinity are not numbers in JSON; leave the field out.";
  return error instanceof Error ? error.message : "it cannot be parsed";
}

/** Whether NaN or Infinity stands outside strings, found in one pass: a text that is made for it must cost no more. */
export function hasNoNumber(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === quote) at = endOfString(bytes, at);
    else if (noNumbers.get(bytes[at])?.every((byte, index) => byte === bytes[at + index])) return true;
  }
  return false;
}

function invalid(detail: string): Problem {
  return new Problem("invalid_json", detail);
}
