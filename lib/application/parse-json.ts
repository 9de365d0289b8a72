import { scanValue } from "./json-scan.ts";
import { findNoNumber } from "./no-number.ts";
import { Problem } from "./problem.ts";

/** Levels of nesting that a value may have. Messages have three. */
export const maxDepth = 64;

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
    throw notJson(subject, bytes, error);
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

function notJson(subject: string, bytes: Uint8Array, error: unknown): Problem {
  const noNumber = findNoNumber(bytes);
  if (noNumber === undefined) {
    return invalid(
      `${subject} is not JSON: ${error instanceof Error ? error.message : "it cannot be parsed"}`,
    );
  }
  const { field } = noNumber;
  const detail = `${subject} is not JSON: NaN and Infinity are not numbers in JSON; leave ${field ?? "the field"} out.`;
  return new Problem("invalid_json", detail, field === undefined ? {} : { field });
}

function invalid(detail: string): Problem {
  return new Problem("invalid_json", detail);
}
