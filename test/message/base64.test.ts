import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64 } from "../../lib/message/base64.ts";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const digit = fc.constantFrom(...digits);

/** Quadruples, the last with whatever bits and padding. */
const encoded = fc
  .tuple(
    fc.array(fc.tuple(digit, digit, digit, digit)),
    fc.constantFrom("", "==", "="),
    fc.tuple(digit, digit, digit),
  )
  .map(([whole, padding, rest]) => {
    const last = padding === "" ? [] : [...rest.slice(0, 4 - padding.length), padding];
    return [...whole.flat(), ...last].join("");
  });

describe("base64", () => {
  it("puts out what Node makes of it, and takes that alone back", () => {
    fc.assert(
      fc.property(encoded, (text) => {
        const canonical = Buffer.from(text, "base64").toString("base64");
        expect(z.parse(base64, text)).toBe(canonical);
        expect(z.encode(base64, canonical)).toBe(canonical);
        expect(z.safeEncode(base64, text).success).toBe(text === canonical);
      }),
    );
  });

  it.each(["A?==", "AA?="])("knows of every last digit in %s whether its spare bits are zero", (form) => {
    for (const digit of digits) {
      const text = form.replace("?", digit);
      const canonical = Buffer.from(text, "base64").toString("base64");
      expect(z.safeEncode(base64, text).success).toBe(text === canonical);
    }
  });

  it("takes white space anywhere, and puts it out nowhere", () => {
    expect(z.parse(base64, " QUJD\r\nRA =\t=\n")).toBe("QUJDRA==");
    expect(z.safeEncode(base64, "QUJD\n").success).toBe(false);
  });

  it.each(["A", "AA", "AAA", "AA=", "A===", "====", "AA==AAAA", "AA=A", "AAAA=", "A-A_", "AÄ=="])(
    "takes %s for none",
    (text) => {
      expect(z.safeParse(base64, text).success).toBe(false);
      expect(z.safeEncode(base64, text).success).toBe(false);
    },
  );
});
