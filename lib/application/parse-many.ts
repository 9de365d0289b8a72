import { parseJson } from "./parse-json.ts";
import { Problem } from "./problem.ts";

/** One of the values in a body, or why it is none. */
export type ParsedItem = { readonly value: unknown } | { readonly problem: Problem };

const ndjsonTypes: ReadonlySet<string> = new Set([
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
  "application/json-seq",
]);

const openingBracket = 0x5b;
const newline = 0x0a;

/**
 * The values of a body that holds many: a JSON array, or JSON values on lines of their own (NDJSON). The content type
 * says which, or, where it says nothing of it, the first byte.
 *
 * Lines are parsed one by one, as the iteration goes on, so that a bad one costs its neighbours nothing.
 *
 * @throws {Problem} 400 when an array cannot be parsed: nobody knows then where its values begin
 */
export function parseMany(body: Uint8Array, contentType: string | undefined): Iterable<ParsedItem> {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isArray =
    type === "application/json" || (!ndjsonTypes.has(type) && firstByte(body) === openingBracket);
  return isArray ? arrayItems(parseJson(body)) : lineItems(body);
}

function* arrayItems(value: unknown): Iterable<ParsedItem> {
  if (!Array.isArray(value)) {
    const detail =
      "The body must be a JSON array of messages; a single message goes to /message, or on a line of NDJSON.";
    yield { problem: new Problem(400, "invalid_json", detail) };
    return;
  }
  for (const item of value) yield { value: item };
}

function* lineItems(body: Uint8Array): Iterable<ParsedItem> {
  for (let start = 0; start < body.length; ) {
    const found = body.indexOf(newline, start);
    const end = found === -1 ? body.length : found;
    const line = body.subarray(start, end);
    start = end + 1;
    // A blank line stands for nothing, as between two files that were put together.
    if (firstByte(line) !== undefined) yield parsedLine(line);
  }
}

function parsedLine(line: Uint8Array): ParsedItem {
  try {
    return { value: parseJson(line) };
  } catch (error) {
    if (error instanceof Problem) return { problem: error };
    throw error;
  }
}

/** The first that is neither white space nor part of a byte order mark. */
function firstByte(bytes: Uint8Array): number | undefined {
  return bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
}
