import * as z from "zod/mini";

// Numbers as habitat took them: the clients that send them as text, or with a fraction, cannot be updated. Booleans,
// null, NaN and infinities (JSON's `1e999`) are never numbers.

/** As Python's `int()` read text: a sign, digits, white space around. No underscores, no hexadecimal, no exponent. */
const integerText = /^\s*[+-]?[0-9]+\s*$/;

/**
 * As Python's `float()` read text, without its `nan` and `inf`. Digits can be split in only one way: with an optional
 * point between two runs of them, a megabyte of digits that end wrongly would take hours to refuse.
 */
const decimalText = /^\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$/;

/** A codec from a number, or text of that form, to `stored`. */
function lenient(
  text: RegExp,
  convert: (value: number) => number,
  stored: z.ZodMiniType<number, number>,
  expected: string,
) {
  return z.codec(z.union([z.number(), z.string(expected).check(z.regex(text, expected))], expected), stored, {
    // Adding 0 makes 0 of -0, which JSON does not keep.
    decode: (value) => convert(Number(value)) + 0,
    encode: (value) => value,
  });
}

/** Whole seconds since the Unix epoch: an integer, a number, cut towards zero, or an integer as text. */
export const unixSeconds = lenient(
  integerText,
  Math.trunc,
  z.int("must be Unix seconds within ±9007199254740991"),
  "must be whole Unix seconds, as a number or decimal text",
);

/** A finite number, or one as text, from `least` to `most`. */
export function decimal(least: number, most: number, expected: string) {
  const stored = z.number(expected).check(z.gte(least, expected), z.lte(most, expected));
  return lenient(decimalText, (value) => value, stored, expected);
}

/** A whole number from `least` to `most`: a number, or one as text, cut towards zero before it is held against them. */
export function whole(least: number, most: number, expected: string) {
  const stored = z.int(expected).check(z.gte(least, expected), z.lte(most, expected));
  return lenient(decimalText, Math.trunc, stored, expected);
}
