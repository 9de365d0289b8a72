import * as z from "zod/mini";

const expected = "must be base64 text with its padding";
const whiteSpace = /[\t\n\v\f\r ]+/g;

/**
 * Base64 (RFC 4648 §4), put out in its canonical form: no white space, which some encoders put in every 76
 * characters, and no stray bits in the last character. Python 2, which habitat ran on, also skipped every other
 * character; a text with those in it is damaged, so it is refused.
 */
export const base64 = z.codec(z.string(expected), z.string(expected).check(z.refine(isCanonical, expected)), {
  decode: (text) => {
    // Nearly all are, and then there is nothing to convert.
    if (isCanonical(text)) return text;
    const bare = text.replace(whiteSpace, "");
    return isBase64(bare) ? Buffer.from(bare, "base64").toString("base64") : bare;
  },
  encode: (text) => text,
});

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** Whether the bits of the last character that encode nothing are zero: four before `==`, two before `=`. */
function isCanonical(text: string): boolean {
  return isBase64(text) && /^(?:|[^=]{3}|[^=][AEIMQUYcgkosw048]=|[AQgw]==)$/.test(text.slice(-3));
}
