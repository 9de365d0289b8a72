import { arrayItems } from "./array-items.ts";
import { emptyBody } from "./empty-body.ts";
import { openingBracket, skipWhiteSpace } from "./json-scan.ts";
import { lineItems } from "./line-items.ts";
import { findNoNumber } from "./no-number.ts";
import { parseJson } from "./parse-json.ts";
import type { ParsedItems } from "./parsed-items.ts";
import { Problem } from "./problem.ts";

const ndjsonTypes: ReadonlySet<string> = new Set([
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
]);

/** Some clients put it in front of UTF-8 (RFC 8259 §8.1 allows to ignore it). */
const byteOrderMark = Buffer.from("\ufeff");

/**
 * The values of a body that holds many: a JSON array, or JSON values on lines of their own (NDJSON). The content type
 * says which, or, where it says nothing of it, the first byte.
 *
 * They are parsed as the iteration goes on: a bad one costs its neighbours nothing, and only a few are in memory at a
 * time.
 *
 * @param most values that are taken: a kilobyte of gzip may hold half a million, each with a result of its own
 * @throws {Problem} 400 when there is nothing, or nobody knows where the values of an array begin; 413 when there are more than `most`
 */
export function parseMany(bytes: Uint8Array, contentType: string | undefined, most: number): ParsedItems {
  const body = byteOrderMark.equals(bytes.subarray(0, 3)) ? bytes.subarray(3) : bytes;
  const type = contentType?.split(/[;,]/, 1)[0]?.trim().toLowerCase() ?? "";
  const start = skipWhiteSpace(body, 0);
  // An empty array says that there are none. That there is nothing at all says that something was lost on the way.
  if (start === body.length) throw emptyBody("a JSON array or lines of JSON");
  const isArray = type === "application/json" || (!ndjsonTypes.has(type) && body[start] === openingBracket);
  const items = isArray ? (arrayItems(body, start, most) ?? noArray(body, start)) : lineItems(body, most);
  if (items.count > most) {
    const detail = `One request may have ${most} messages at most; send them in several.`;
    throw new Problem("too_many_messages", detail);
  }
  return items;
}

/** @throws {Problem} 400 that says why it is not JSON */
function noArray(body: Uint8Array, start: number): ParsedItems {
  // In an array that can be taken apart they would cost no more than their own elements.
  if (body[start] === openingBracket && findNoNumber(body) !== undefined) {
    const detail =
      "This array cannot be split into messages: its brackets or quotes do not pair up, or something follows it.";
    throw new Problem("invalid_json", detail);
  }
  parseJson(body);
  const detail =
    "The body must be a JSON array of messages; a single message goes to /message, or on a line of NDJSON.";
  const item = { problem: new Problem("invalid_json", detail) };
  return { count: 1, groups: [[item]] };
}
