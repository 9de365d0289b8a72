import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../lib/application/parse-json.ts";
import { Problem } from "../../lib/application/problem.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function rejection(body: Uint8Array): Problem {
  try {
    parseJson(body);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("accepted");
}

describe("parseJson", () => {
  it("gives back any JSON value whose nesting is within bounds", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it("takes a byte order mark off", () => {
    expect(parseJson(bytes('\uFEFF{"a":1}'))).toEqual({ a: 1 });
  });

  it("keeps __proto__ as data and touches no prototype", () => {
    const value = parseJson(bytes('{"__proto__": {"polluted": true}}')) as object;
    expect(Object.hasOwn(value, "__proto__")).toBe(true);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each(['{"a": NaN}', "[-Infinity]", '{"a": "x\\"NaN", "b": Infinity}'])(
    "names NaN as the trouble in %s",
    (text) => {
      expect(rejection(bytes(text))).toMatchObject({ status: 400, code: "invalid_json" });
      expect(rejection(bytes(text)).message).toContain("NaN");
    },
  );

  it("names the field that is NaN", () => {
    const { field, message } = rejection(bytes('{"data": {"frequency": NaN}}'));
    expect(field).toBe("data.frequency");
    expect(message).toBe(
      "The body is not JSON: NaN and Infinity are not numbers in JSON; leave data.frequency out.",
    );
  });

  it("does not blame NaN in a string for another error", () => {
    expect(rejection(bytes('{"a": "NaN", }')).message).not.toContain("not numbers");
  });

  it("takes brackets in strings for what they are", () => {
    const text = JSON.stringify({ art: '[{"\\'.repeat(100) });
    expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
  });

  it.each([1, 64])("takes %i levels", (levels) => {
    expect(() => parseJson(bytes("[".repeat(levels) + "]".repeat(levels)))).not.toThrow();
  });

  it.each([65, 500_000])("refuses %i levels before building them", (levels) => {
    expect(rejection(bytes("[".repeat(levels) + "]".repeat(levels))).message).toContain("64 levels");
  });

  it("counts levels outside strings alone, whatever the strings hold", () => {
    const text = fc.string({ unit: fc.constantFrom('"', "\\", "[", "{", "]", "}", "a") });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 90 }), (texts) => {
        const nested = texts.reduce<unknown>((inner, each) => [each, inner, { [each]: each }], "");
        const body = bytes(JSON.stringify(nested));
        // The object stands one level deeper than its array.
        if (texts.length + 1 > 64) expect(rejection(body).message).toContain("64 levels");
        else expect(parseJson(body)).toEqual(nested);
      }),
    );
  });

  it.each(["", " \n", "\uFEFF"])("says that %j is empty", (text) => {
    expect(rejection(bytes(text)).message).toContain("empty");
  });

  it("refuses what is not UTF-8", () => {
    expect(rejection(Uint8Array.of(0x22, 0xff, 0x22)).message).toContain("UTF-8");
  });

  it("refuses UTF-16", () => {
    expect(rejection(Buffer.from("{}", "utf16le")).status).toBe(400);
  });

  it.each(['\\"', '"', "\\", '"\\', "[", '{"', "{", "NaN", '"NaN', "N", "1", "-", " ", "\ufeff", "\\u"])(
    "takes no longer than it is large over a megabyte of %j",
    (unit) => {
      const body = bytes(`{"a": "${unit.repeat(1_000_000 / unit.length)}`);
      const began = performance.now();
      expect(rejection(body).status).toBe(400);
      // Milliseconds where one pass is made; minutes where each character looks at all others.
      expect(performance.now() - began).toBeLessThan(2_000);
    },
  );
});
