import * as z from "zod/mini";

const expected = "must be base64 text with its padding";
const whiteSpace = /[\t\n\v\f\r ]+/g;

/**
 * Base64 (RFC 4648 §4), put out in its canonical form: no white space, which some encoders put in every 76
 * characters, and no stray bits in the last character.
 */
export const base64 = z.pipe(
  z.pipe(
    z.string(expected),
    z.transform((text: string) => text.replace(whiteSpace, "")),
  ),
  z.pipe(
    z
      .string()
      .check(z.refine((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), expected)),
    z.transform((text: string) => Buffer.from(text, "base64").toString("base64")),
  ),
);
