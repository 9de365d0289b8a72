import * as z from "zod/mini";

// Schemas for what operators write, each with the message that says what is expected.

function from<Value>(pattern: RegExp, expected: string, convert: (text: string) => Value) {
  return z.pipe(z.string().check(z.regex(pattern, `expected ${expected}`)), z.transform(convert));
}

const bytesPerUnit: Readonly<Record<string, number>> = {
  "": 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Bytes: `1048576`, `512KiB`, `1MiB`, `1GiB`. */
export const byteSize = from(
  /^[1-9][0-9]{0,11}(?:[KMGT]iB)?$/,
  "a number of bytes above 0, of 12 digits at most, optionally with KiB, MiB, GiB or TiB",
  (text) => Number.parseInt(text, 10) * (bytesPerUnit[text.replace(/^[0-9]+/, "")] ?? 1),
);

/** Seconds, fractions allowed, as milliseconds. */
export const seconds = z.pipe(
  from(
    /^[0-9]{1,6}(?:\.[0-9]+)?$/,
    "a number of seconds from 0.001 to 999999, for example 13 or 0.5",
    (text) => Number(text) * 1000,
  ),
  z.number().check(z.gte(1, "expected at least 0.001 seconds")),
);

const millisecondsPerUnit: Readonly<Record<string, number>> = {
  "": 1_000,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A span of time as milliseconds: `90` or `90s`, `15m`, `24h`, `7d`; `0` or `off` for none. */
export const timeSpan = from(
  /^(?:off|[0-9]{1,6}[smhd]?)$/,
  "a time such as 90s, 15m, 24h or 7d, or off",
  (text) =>
    text === "off" ? 0 : Number.parseInt(text, 10) * (millisecondsPerUnit[text.replace(/^[0-9]+/, "")] ?? 0),
);

export function wholeNumber(least: number, most: number) {
  const expected = `a whole number from ${least} to ${most}`;
  return z.pipe(
    from(/^[0-9]{1,9}$/, expected, Number),
    z.number().check(z.gte(least, `expected ${expected}`), z.lte(most, `expected ${expected}`)),
  );
}

/** The mode of a file, in octal. */
export const fileMode = from(/^0?[0-7]{3}$/, "octal digits, for example 0660 or 660", (text) =>
  Number.parseInt(text, 8),
);

/** A group of the system, by name or number. */
export const groupName = from(
  /^(?:[0-9]{1,9}|[A-Za-z_][A-Za-z0-9_.-]*)$/,
  "the name or number of a group",
  (text) => text,
);

/** A part of a whole, from 0 to 1. */
export const share = from(/^(?:0|0?\.[0-9]+|1|1\.0+)$/, "a share from 0 to 1, for example 0.01", Number);

/** A path of a file. */
export const filePath = from(/./, "a path", (text) => text);

/** A path of a file or folder, or `off`. */
export const pathOrOff = from(/./, "a path, or off", (text) => (text === "off" ? undefined : text));

/** A path in front of the actions' names: `/uploads`; "" or `/` for none. */
export const pathPrefix = from(/^(?:\/[^/?#\s]+)*\/?$/, "a path such as /uploads", (text) =>
  text.replace(/\/$/, ""),
);

/** An SQS queue URL. What else a URL may have is a slip: SQS is given it as it is, and the log has it. */
export const queueUrl = z.pipe(
  z.string().check(
    z.refine(
      (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
      "expected an http or https URL",
    ),
    z.refine(
      (text) => /^https?:\/\/[^\s/?#@]+\/[^\s?#]+$/i.test(text),
      "expected the URL of a queue: a host, a path and nothing else",
    ),
  ),
  z.transform((text: string) => text),
);

export function oneOf<const Word extends string>(...words: readonly [Word, ...Word[]]) {
  return z.pipe(z.string(), z.enum(words, `expected one of ${words.join(", ")}`));
}
