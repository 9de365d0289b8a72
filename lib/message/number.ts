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

/** `convert` may not give -0, which JSON does not keep. */
function lenient(text: RegExp, convert: (value: number) => number, expected: string) {
  return z.pipe(
    z.union([z.number(), z.string(expected).check(z.regex(text, expected))], expected),
    z.transform((value: string | number) => convert(Number(value)) + 0),
  );
}

/** Whole seconds since the Unix epoch: an integer, a number, cut towards zero, or an integer as text. */
export const unixSeconds = z.pipe(
  lenient(integerText, Math.trunc, "must be whole Unix seconds, as a number or decimal text"),
  z.int("must be Unix seconds within ±9007199254740991"),
);

/** A finite number, or one as text, from `least` to `most`. */
export function decimal(least: number, most: number, expected: string) {
  return z.pipe(
    lenient(decimalText, (value) => value, expected),
    z.number(expected).check(z.gte(least, expected), z.lte(most, expected)),
  );
}

/** A whole number from `least` to `most`: a number, or one as text, cut towards zero. */
export function whole(least: number, most: number, expected: string) {
  return z.pipe(
    lenient(decimalText, Math.trunc, expected),
    z.int(expected).check(z.gte(least, expected), z.lte(most, expected)),
  );
}
