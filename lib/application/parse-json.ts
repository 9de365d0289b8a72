import { Problem } from "./problem.ts";

/** Levels of nesting that a body may have. Messages have three. */
const maxDepth = 64;

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

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalid("The body is not UTF-8 text.");
  }
}

/**
 * Whether brackets nest too deep, counted before anything is built. The common case costs one search: a text with
 * few opening brackets, in strings or out of them, cannot be deep.
 */
function isDeep(text: string): boolean {
  let opening = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) opening += 1;
  }
  return opening > maxDepth && depth(text) > maxDepth;
}

function depth(text: string): number {
  let level = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length && deepest <= maxDepth; index += 1) {
    const character = text[index];
    if (quoted) {
      if (character === "\\") index += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++level);
    else if (character === "}" || character === "]") level -= 1;
  }
  return deepest;
}

/** Python's `json.dumps` writes NaN and Infinity by default, which no JSON has (RFC 8259 §6). */
function explain(text: string, error: unknown): string {
  const outsideStrings = text.replace(/"(?:[^"\\]|\\.)*"/gs, '""');
  if (/\b(?:NaN|Infinity)\b/.test(outsideStrings)) {
    return "The body is not JSON: NaN and Infinity are not numbers in JSON; leave the field out.";
  }
  return `The body is not JSON: ${error instanceof Error ? error.message : "it cannot be parsed"}`;
}

function invalid(detail: string): Problem {
  return new Problem(400, "invalid_json", detail);
}
