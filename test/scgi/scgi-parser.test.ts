import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ScgiErrorCode } from "../../lib/scgi/scgi-error.ts";
import { ScgiParser, type ScgiProgress } from "../../lib/scgi/scgi-parser.ts";
import {
  deepThought,
  deepThoughtBody,
  type Header,
  headerBlock,
  netstring,
  scgiBytes,
} from "./scgi-bytes.ts";

const limits = { maxHeaderBytes: 2_000, maxHeaders: 10, maxBody: 1_000 };

function parse(pieces: readonly Buffer[], { ended = false } = {}): ScgiProgress {
  const parser = new ScgiParser(limits);
  let progress: ScgiProgress = { kind: "incomplete" };
  for (const piece of pieces) progress = parser.push(piece);
  return ended ? parser.end() : progress;
}

function inBytes(bytes: Buffer): readonly Buffer[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

const whole = scgiBytes(deepThought, deepThoughtBody);

/** Headers with one changed, or, without a value, left out. */
function changed(name: string, value?: string): readonly Header[] {
  return deepThought.flatMap((header): readonly Header[] => {
    if (header[0] !== name) return [header];
    return value === undefined ? [] : [[name, value]];
  });
}

function withHeaders(headers: readonly Header[]): Buffer {
  return scgiBytes(headers, deepThoughtBody);
}

describe("ScgiParser", () => {
  it("reads the specification's example", () => {
    const literal =
      "70:CONTENT_LENGTH\u000027\u0000SCGI\u00001\u0000REQUEST_METHOD\u0000POST\u0000REQUEST_URI\u0000/deepthought\u0000,What is the answer to life?";
    const progress = parse([Buffer.from(literal)]);
    expect(progress).toEqual({
      kind: "request",
      environ: new Map(deepThought),
      body: Buffer.from(deepThoughtBody),
    });
  });

  it.each([
    ["10", "27", "waits for all of what the client announced, of which nginx counted a part"],
    ["27", "26", "goes by CONTENT_LENGTH where a server has made the body longer"],
    ["27", "27, 99", "goes by CONTENT_LENGTH where the client's own is no number"],
  ])("of CONTENT_LENGTH %j and HTTP_CONTENT_LENGTH %j %s", (counted, announced) => {
    const headers: readonly Header[] = [
      ...changed("CONTENT_LENGTH", counted),
      ["HTTP_CONTENT_LENGTH", announced],
    ];
    const bytes = scgiBytes(headers, deepThoughtBody);
    expect(parse([bytes.subarray(0, -17)])).toEqual({ kind: "incomplete" });
    expect(parse([bytes])).toMatchObject({ kind: "request", body: Buffer.from(deepThoughtBody) });
  });

  it("reads a request that comes in one piece in place, without copying its body", () => {
    const progress = parse([whole]);
    expect(progress.kind === "request" && progress.body.buffer === whole.buffer).toBe(true);
  });

  it("reads the same wherever the request is cut in two", () => {
    for (let cut = 0; cut <= whole.length; cut += 1) {
      expect(parse([whole.subarray(0, cut), whole.subarray(cut)])).toEqual(parse([whole]));
    }
  });

  it("reads the same byte by byte, and knows it is whole at the last byte and not before", () => {
    const parser = new ScgiParser(limits);
    const kinds = inBytes(whole).map((byte) => parser.push(byte).kind);
    expect(kinds.indexOf("request")).toBe(whole.length - 1);
    expect(parse(inBytes(whole))).toEqual(parse([whole]));
  });

  it("reads any request, however it is cut", () => {
    const text = fc.string({ unit: "binary-ascii" }).map((string) => string.replaceAll("\0", ""));
    const header = fc.tuple(
      text.map((name) => `X${name}`),
      text,
    );
    const body = fc.uint8Array({ maxLength: 100 });
    const cuts = fc.array(fc.nat());
    fc.assert(
      fc.property(
        fc.uniqueArray(header, { maxLength: 8, selector: ([name]) => name }),
        body,
        cuts,
        (extra, body, cuts) => {
          const headers: Header[] = [["CONTENT_LENGTH", String(body.length)], ["SCGI", "1"], ...extra];
          const bytes = scgiBytes(headers, body);
          const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
          const pieces = ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
          expect(parse(pieces)).toEqual({
            kind: "request",
            environ: new Map(headers),
            body: Buffer.from(body),
          });
        },
      ),
    );
  });

  const mutations: readonly (readonly [ScgiErrorCode, string, Buffer])[] = [
    ["netstring_length_not_digits", "a plus sign", Buffer.from("+70:")],
    ["netstring_length_not_digits", "a minus sign", Buffer.from("-1:")],
    ["netstring_length_not_digits", "a space in front", Buffer.from(" 70:")],
    ["netstring_length_not_digits", "an underscore", Buffer.from("7_0:")],
    ["netstring_length_not_digits", "no digits", Buffer.from(":")],
    ["netstring_length_not_digits", "an HTTP request", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["netstring_length_not_digits", "digits of another script", Buffer.from("٧:")],
    ["netstring_length_leading_zero", "two zeros", Buffer.from("00:")],
    ["netstring_length_leading_zero", "a zero in front", Buffer.from("070:")],
    ["netstring_length_too_long", "ten digits", Buffer.from("1234567890:")],
    ["headers_too_large", "one byte over the limit", Buffer.from("2001:")],
    ["missing_comma", "a semicolon", Buffer.from(whole.toString("latin1").replace("\0,W", "\0;W"), "latin1")],
    ["headers_not_nul_terminated", "a block cut by one", netstring(headerBlock(deepThought).slice(0, -1))],
    ["odd_string_count", "a name without a value", netstring(`${headerBlock(deepThought)}ODD\0`)],
    [
      "too_many_headers",
      "one over the limit",
      withHeaders([
        ...deepThought,
        ...Array.from({ length: 11 }, (_, index): Header => [`HTTP_${index}`, ""]),
      ]),
    ],
    ["empty_name", "a value without a name", withHeaders([...deepThought, ["", "value"]])],
    ["content_length_missing", "no headers", netstring("")],
    ["content_length_missing", "other headers only", withHeaders(changed("CONTENT_LENGTH"))],
    ["content_length_not_first", "the first two swapped", withHeaders([["SCGI", "1"], ...deepThought])],
    ["content_length_not_digits", "nothing", withHeaders(changed("CONTENT_LENGTH", ""))],
    ["content_length_not_digits", "a plus sign", withHeaders(changed("CONTENT_LENGTH", "+27"))],
    ["content_length_not_digits", "a space", withHeaders(changed("CONTENT_LENGTH", " 27"))],
    ["content_length_not_digits", "hexadecimal", withHeaders(changed("CONTENT_LENGTH", "0x1b"))],
    ["content_length_not_digits", "a fraction", withHeaders(changed("CONTENT_LENGTH", "27.0"))],
    [
      "content_length_conflicting",
      "two different ones",
      withHeaders([...deepThought, ["CONTENT_LENGTH", "28"]]),
    ],
    ["body_too_large", "one byte over the limit", withHeaders(changed("CONTENT_LENGTH", "1001"))],
    [
      "body_too_large",
      "one byte over the limit as the client announced it",
      withHeaders([...deepThought, ["HTTP_CONTENT_LENGTH", "1001"]]),
    ],
    ["body_too_large", "more than a number holds", withHeaders(changed("CONTENT_LENGTH", "9".repeat(400)))],
    ["scgi_missing", "no SCGI", withHeaders(changed("SCGI"))],
    ["scgi_not_1", "version 2", withHeaders(changed("SCGI", "2"))],
    ["scgi_not_1", "an empty version", withHeaders(changed("SCGI", ""))],
    ["bytes_after_body", "one byte", Buffer.concat([whole, Buffer.from("!")])],
  ];

  it.each(mutations)("says %s of %s, in one piece and byte by byte", (code, _, bytes) => {
    expect(parse([bytes])).toMatchObject({ kind: "error", code });
    expect(parse(inBytes(bytes))).toMatchObject({ kind: "error", code });
  });

  it("says premature_end wherever the request breaks off", () => {
    for (let length = 0; length < whole.length; length += 1) {
      expect(parse([whole.subarray(0, length)], { ended: true })).toMatchObject({ code: "premature_end" });
    }
  });

  it("is content with an end after the request", () => {
    expect(parse([whole], { ended: true })).toMatchObject({ kind: "request" });
  });

  it("keeps to its error, whatever follows", () => {
    const parser = new ScgiParser(limits);
    const error = parser.push(Buffer.from("+"));
    expect(parser.push(whole)).toBe(error);
    expect(parser.end()).toBe(error);
  });

  it("says no to a request with one byte changed, or reads it as what it says now", () => {
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const bytes = Buffer.from(whole);
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        const progress = parse([bytes], { ended: true });
        if (progress.kind !== "request") {
          expect(progress.kind).toBe("error");
          return;
        }
        expect(scgiBytes([...progress.environ], progress.body)).toEqual(bytes);
      }),
    );
  });

  it("tells with an error what it has read of the request before", () => {
    expect(parse([withHeaders(changed("CONTENT_LENGTH", "1001"))])).toMatchObject({
      environ: new Map(changed("CONTENT_LENGTH", "1001")),
    });
  });

  it.each([
    ["a client's header that comes twice, joined", "HTTP_X_A", ["a", "b", "a"], "a, b, a"],
    ["the last of a variable that is set twice", "REMOTE_ADDR", ["10.0.0.1", "10.0.0.2"], "10.0.0.2"],
    ["a length said again", "CONTENT_LENGTH", ["27"], "27"],
    ["a length said again as nothing", "CONTENT_LENGTH", [""], "27"],
    ["Latin-1 as it came", "HTTP_X_A", ["caf\xe9"], "caf\xe9"],
  ])("takes %s", (_, name, values, expected) => {
    const headers = [...deepThought, ...values.map((value): Header => [name, value])];
    const progress = parse([withHeaders(headers)]);
    expect(progress.kind === "request" && progress.environ.get(name)).toBe(expected);
  });

  it("takes headers and bodies of exactly the limits", () => {
    const padding =
      limits.maxHeaderBytes - headerBlock([...changed("CONTENT_LENGTH", "1000"), ["X", ""]]).length;
    const headers: Header[] = [...changed("CONTENT_LENGTH", "1000"), ["X", "x".repeat(padding)]];
    expect(parse([scgiBytes(headers, "b".repeat(1_000))])).toMatchObject({ kind: "request" });
  });
});
