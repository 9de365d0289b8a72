import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serialiseMessage } from "../../lib/message/serialise-message.ts";

const message = (name: string) => ({
  id: "1",
  source: { callsign: "A", ip: null },
  type: "LISTENER_INFO",
  time_created: 0,
  time_uploaded: 0,
  data: { name },
});

/** Amazon SQS API reference, SendMessage: the characters that a body may hold. */
const permitted = /^[\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

describe("serialiseMessage", () => {
  it("writes any text with the characters that SQS permits, and loses none", () => {
    const codeUnits = fc
      .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0xd800, 0xdfff, 0xfffe, 0xffff, 0x5c)), {
        maxLength: 40,
      })
      .map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(codeUnits, (name) => {
        const body = serialiseMessage(message(name));
        expect(body).toMatch(permitted);
        expect(JSON.parse(body)).toEqual(message(name));
      }),
      { numRuns: 1_000 },
    );
  });

  it("escapes what SQS or its emulators refuse, and nothing else", () => {
    expect(serialiseMessage(message("\u{1F388}é\uFFFD\ufffe\ud800\0"))).toContain(
      String.raw`"\ud83c\udf88é�\ufffe\ud800\u0000"`,
    );
  });
});
