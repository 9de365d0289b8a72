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
const space = 0x20;

/** The values of one body. Going through them parses those on lines, each as the iteration comes to it. */
export interface ParsedItems extends Iterable<ParsedItem> {
  readonly count: number;
}

/**
 * The values of a body that holds many: a JSON array, or JSON values on lines of their own (NDJSON). The content type
 * says which, or, where it says nothing of it, the first byte.
 *
 * Lines are parsed one by one, as the iteration goes on, so that a bad one costs its neighbours nothing.
 *
 * @param most values that are taken: a kilobyte of gzip may hold half a million, each with a result of its own
 * @throws {Problem} 400 when an array cannot be parsed: nobody knows then where its values begin; 413 when there are
 *   more than `most`
 */
export function parseMany(body: Uint8Array, contentType: string | undefined, most: number): ParsedItems {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isArray =
    type === "application/json" || (!ndjsonTypes.has(type) && firstByte(body) === openingBracket);
  const items = isArray ? arrayItems(parseJson(body)) : lineItems(body, most);
  if (items.count > most) {
    const detail = `One request may have ${most} messages at most; send them in several.`;
    throw new Problem(413, "too_many_messages", detail);
  }
  return items;
}

function arrayItems(value: unknown): ParsedItems {
  if (!Array.isArray(value)) {
    const detail =
      "The body must be a JSON array of messages; a single message goes to /message, or on a line of NDJSON.";
    return itemsOf([new Problem(400, "invalid_json", detail)], (problem) => ({ problem }));
  }
  return itemsOf(value, (item: unknown) => ({ value: item }));
}

function lineItems(body: Uint8Array, most: number): ParsedItems {
  return itemsOf(linesOf(body, most), parsedLine);
}

function itemsOf<Source>(sources: readonly Source[], parsed: (source: Source) => ParsedItem): ParsedItems {
  return {
    count: sources.length,
    *[Symbol.iterator]() {
      for (const source of sources) yield parsed(source);
    },
  };
}

/**
 * The lines that are not blank, in one pass over the bytes, and one more than `most` at most. A blank line stands for
 * nothing, as between two files that were put together.
 */
function linesOf(body: Uint8Array, most: number): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  let isBlank = true;
  for (let end = 0; end <= body.length && lines.length <= most; end += 1) {
    const byte = body[end] ?? newline;
    if (byte === newline) {
      if (!isBlank) lines.push(body.subarray(start, end));
      start = end + 1;
      isBlank = true;
    } else if (isBlank && isText(byte)) isBlank = false;
  }
  return lines;
}

function parsedLine(line: Uint8Array): ParsedItem {
  try {
    return { value: parseJson(line) };
  } catch (error) {
    if (error instanceof Problem) return { problem: error };
    throw error;
  }
}

function firstByte(bytes: Uint8Array): number | undefined {
  return bytes.find(isText);
}

/** Whether it is neither white space nor part of a byte order mark. */
function isText(byte: number): boolean {
  return byte > space && byte !== 0xef && byte !== 0xbb && byte !== 0xbf;
}
