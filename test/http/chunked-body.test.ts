import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkedBody } from "../../lib/http/chunked-body.ts";

/** Text in which chunks and their ends seem to be. */
const misleading = fc
  .array(fc.constantFrom("\r\n", "0", "a", "\r\n\r\n", "0\r\n\r\n", "GET / HTTP/1.1\r\n"), { maxLength: 12 })
  .map((parts) => parts.join(""));

const body = fc
  .record({
    chunks: fc.array(
      fc.record({
        data: misleading.filter((data) => data !== ""),
        zeroes: fc.constantFrom("", "0", "000"),
        extension: fc.constantFrom("", ";a=b", `;long="${"0".repeat(100)}"`, " ;x"),
      }),
      { maxLength: 5 },
    ),
    last: fc.constantFrom("0", "000", "0;end"),
    trailers: fc.array(fc.constantFrom("A: b\r\n", "0: 1\r\n", `Long: ${"x".repeat(100)}\r\n`), {
      maxLength: 2,
    }),
  })
  .map(({ chunks, last, trailers }) => {
    const written = chunks.map(
      ({ data, zeroes, extension }) => `${zeroes}${data.length.toString(16)}${extension}\r\n${data}\r\n`,
    );
    return `${written.join("")}${last}\r\n${trailers.join("")}\r\n`;
  });

describe("ChunkedBody", () => {
  it("ends where the body does, whatever is in it and behind it, and however it is cut", () => {
    fc.assert(
      fc.property(body, misleading, fc.array(fc.integer({ min: 1, max: 40 })), (text, behind, lengths) => {
        const chunked = new ChunkedBody();
        const bytes = Buffer.from(text + behind);
        let at = 0;
        for (const length of [...lengths, Number.POSITIVE_INFINITY]) {
          const piece = bytes.subarray(at, at + length);
          const taken = chunked.take(piece);
          at += taken;
          if (taken < piece.length || at >= text.length) break;
        }
        expect(at).toBe(text.length);
      }),
    );
  });
});
