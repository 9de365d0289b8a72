import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { decimal, unixSeconds, whole } from "../../lib/message/number.ts";

const least = Number.MIN_SAFE_INTEGER;
const most = Number.MAX_SAFE_INTEGER;
const anyDecimal = decimal(-Number.MAX_VALUE, Number.MAX_VALUE, "must be a number");
const anyWhole = whole(least, most, "must be whole");

/** What a schema makes of a value; "refused" is the oracles' word for no number. */
function read(schema: z.ZodMiniType, value: unknown): unknown {
  const result = z.safeParse(schema, value);
  return result.success ? result.data : "refused";
}

/** Text that is nearly a number: made of what numbers are made of, and of what they must not hold. */
const nearlyNumber = fc
  .array(fc.constantFrom("0", "7", "12", "+", "-", ".", "e", "E5", " ", "\n", "_", "x", "inf", "nan", "٣"), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

/** Python's `int()`, character by character, without regular expressions and exactly. */
function integerByHand(text: string): unknown {
  const bare = text.trim();
  const digits = bare.startsWith("+") || bare.startsWith("-") ? bare.slice(1) : bare;
  if (digits === "" || [...digits].some((character) => !"0123456789".includes(character))) return "refused";
  const exact = BigInt(digits) * (bare.startsWith("-") ? -1n : 1n);
  return exact >= BigInt(least) && exact <= BigInt(most) ? Number(exact) : "refused";
}

/** Python's `float()` without names: what JSON would read once the liberties that Python allows are taken off. */
function decimalByHand(text: string): unknown {
  const bare = text.trim();
  const unsigned = bare.startsWith("+") || bare.startsWith("-") ? bare.slice(1) : bare;
  const [mantissa = "", ...exponents] = unsigned.toLowerCase().split("e");
  const [whole = "", ...fractions] = mantissa.split(".");
  const [fraction = ""] = fractions;
  if (whole === "" && fraction === "") return "refused";
  if (fractions.length > 1 || exponents.length > 1) return "refused";
  const strict = `${BigInt(onlyDigits(whole) ?? "0")}.${fraction === "" ? "0" : fraction}`;
  if (onlyDigits(whole + fraction) === undefined) return "refused";
  try {
    const value: number = JSON.parse([strict, ...exponents].join("e"));
    if (!Number.isFinite(value)) return "refused";
    return value === 0 ? 0 : bare.startsWith("-") ? -value : value;
  } catch {
    return "refused";
  }
}

function onlyDigits(text: string): string | undefined {
  return [...text].every((character) => "0123456789".includes(character)) ? text : undefined;
}

describe("numbers as text", () => {
  it("are whole seconds exactly where Python's int() read them", () => {
    const text = fc.oneof(
      nearlyNumber,
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }).map((value) => ` ${value}\t`),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(read(unixSeconds, value)).toBe(integerByHand(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it("are decimals exactly where Python's float() read them, without its nan and inf", () => {
    const text = fc.oneof(
      nearlyNumber,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ` ${value}\n`),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(read(anyDecimal, value)).toBe(decimalByHand(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it("are cut towards zero where they must be whole", () => {
    fc.assert(
      fc.property(fc.double({ min: least, max: most, noNaN: true }), (value) => {
        const cut = (value < 0 ? Math.ceil(value) : Math.floor(value)) + 0;
        expect(read(anyWhole, value)).toBe(cut);
        expect(read(anyWhole, String(value))).toBe(cut);
      }),
    );
  });

  // A body may be 1 MiB. A pattern that tries every way to split the digits would need hours for these.
  it.each([
    ["digits", `${"1".repeat(1_000_000)}x`],
    ["a fraction", `1.${"1".repeat(1_000_000)}x`],
    ["an exponent", `1e${"1".repeat(1_000_000)}x`],
    ["white space", `1${" ".repeat(1_000_000)}x`],
  ])("are refused at once when they are long: %s", (_, text) => {
    const before = performance.now();
    for (const schema of [unixSeconds, anyDecimal, anyWhole]) expect(read(schema, text)).toBe("refused");
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

describe("every number", () => {
  it.each([true, false, null, undefined, Number.NaN, Infinity, -Infinity, [], {}, [5], 5n])(
    "refuses %s",
    (value) => {
      for (const schema of [unixSeconds, anyDecimal, anyWhole]) expect(read(schema, value)).toBe("refused");
    },
  );

  it.each([-0, "-0", "-0.0", -0.5, "-1e-999"])("makes no -0 of %j", (value) => {
    expect(read(anyWhole, value)).toBe(0);
    expect(Object.is(read(anyDecimal, value), -0)).toBe(false);
  });
});
