import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMany } from "../../lib/application/parse-many.ts";

const parse = (text: string | Uint8Array, type?: string) =>
  [...parseMany(Buffer.from(text), type, 100).groups].flatMap((group) => [...group]);
const values = (text: string, type?: string) =>
  parse(text, type).map((item) => ("value" in item ? item.value : item.problem.code));

const tooDeep = "[".repeat(65) + "]".repeat(65);

/** Of which texts are made that are nearly JSON. */
const structure = ["[", "]", "{", "}", ",", ":", '"', "\\", "1", "a", " ", "\u00a0", '"k":', "[]", "{}"];

/** What the oracle says. */
function jsonOr<Other>(text: string, other: Other): unknown {
  try {
    const value = JSON.parse(text);
    return text === tooDeep ? other : value;
  } catch {
    return other;
  }
}

function isRefused(text: string): boolean {
  try {
    parse(text);
    return false;
  } catch {
    return true;
  }
}

describe("parseMany", () => {
  it("gives back any values, as an array or on lines, said by type or told by the first byte", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom("\n", "\r\n", "\n\n"),
        (list, end) => {
          const expected = JSON.parse(JSON.stringify(list));
          expect(values(JSON.stringify(list), "application/json")).toEqual(expected);
          expect(values(JSON.stringify(list))).toEqual(expected);
          const lines = list.map((value) => JSON.stringify(value)).join(end);
          for (const type of ["application/x-ndjson", "application/jsonl; charset=utf-8"]) {
            expect(values(lines, type)).toEqual(expected);
          }
          if (!lines.startsWith("[")) expect(values(lines, "text/plain")).toEqual(expected);
        },
      ),
    );
  });

  it("parses together what has 64 KiB, so that the rest takes no memory yet", () => {
    const kibibytes = Array.from({ length: 150 }, () => `"${"x".repeat(1_021)}"`);
    for (const text of [kibibytes.join("\n"), `[${kibibytes.join(",")}]`]) {
      const { groups } = parseMany(Buffer.from(text), undefined, 150);
      expect(Array.from(groups, (group) => [...group].length)).toEqual([64, 64, 22]);
    }
  });

  it("gives each bad line a problem of its own", () => {
    expect(values('{"a":1}\nnonsense\n{"b":NaN}\n{"c":2}', undefined)).toEqual([
      { a: 1 },
      "invalid_json",
      "invalid_json",
      { c: 2 },
    ]);
    // As many elements, put together, as there are lines.
    expect(values('1,2\n"a\nb"', "application/x-ndjson")).toEqual(Array(3).fill("invalid_json"));
    expect(
      parse(Buffer.from('1\n"\xff"\n2', "latin1"), "application/x-ndjson").map((item) => "problem" in item),
    ).toEqual([false, true, false]);
  });

  it("gives each bad element of an array a problem of its own, among as many as there may be", () => {
    const bad = fc.constantFrom("", "NaN", '{"a":NaN}', "nonsense", "{}{}", '"\t"', tooDeep);
    const good = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
    // Some alone are more than what is parsed together.
    const long = fc
      .integer({ min: 60_000, max: 70_000 })
      .map((length) => JSON.stringify("[,".repeat(length / 2)));
    const element = fc.oneof({ weight: 3, arbitrary: good }, bad, long);
    const space = fc.constantFrom("", " ", "\n", "\r\n\t");
    fc.assert(
      fc.property(fc.array(element, { minLength: 2, maxLength: 20 }), space, (elements, blank) => {
        const text = `${blank}[${elements.map((each) => `${blank}${each}${blank}`).join(",")}]${blank}`;
        expect(values(text)).toEqual(elements.map((each) => jsonOr(each, "invalid_json")));
      }),
    );
  });

  it("holds an array for what JSON.parse does, but for elements that are no JSON", () => {
    const piece = fc.constantFrom(...structure);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = `[${pieces.join("")}`;
        const expected = jsonOr(text, undefined);
        if (expected !== undefined) expect(values(text)).toEqual(expected);
        else expect(isRefused(text) || values(text).includes("invalid_json")).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("holds each line for what JSON.parse does, whatever stands on the lines beside it", () => {
    const piece = fc.constantFrom(...structure, '"a', 'b","c"');
    const line = fc.oneof(
      fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join("")),
      fc.json({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom("\n", "\r\n", "\n\n"), (lines, end) => {
        fc.pre(lines.some((each) => each.trim() !== ""));
        const expected = lines
          .filter((each) => each.trim() !== "")
          .map((each) => jsonOr(each, "invalid_json"));
        // To JSON a no-break space is no white space.
        if (lines.every((each) => each.trim() !== "" || /^ *$/.test(each))) {
          expect(values(lines.join(end), "application/x-ndjson")).toEqual(expected);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("does not blame NaN where an array cannot be taken apart for another reason", () => {
    for (const text of ['[{"a":1},{"a":NaN}', '[{"a":NaN}] x']) {
      expect(() => parse(text)).toThrow(/brackets or quotes do not pair up, or something follows/);
    }
    expect(() => parse('[{"a":1}')).toThrow(/JSON/);
  });

  it("gives an element that is not UTF-8 a problem of its own", () => {
    const body = Buffer.from('[1,"\xff",2]', "latin1");
    expect(parse(body).map((item) => "problem" in item)).toEqual([false, true, false]);
  });

  it.each(["[]", " [ \n] ", "\uFEFF[]"])("finds nothing in %j", (text) => {
    expect(values(text, "application/json")).toEqual([]);
  });

  it("takes a byte order mark off the first line", () => {
    expect(values("\uFEFF1\n2", "application/x-ndjson")).toEqual([1, 2]);
    expect(values("\uFEFF[1]")).toEqual([1]);
  });

  it.each(["", "\uFEFF", "\n\n", " \r\n"])(
    "takes %j for a body that was lost, not for one without messages",
    (text) => {
      for (const type of [undefined, "application/json", "application/x-ndjson"]) {
        expect(() => values(text, type)).toThrow(/The body is empty/);
      }
    },
  );

  it("goes by the first of two content types, as servers that pass only one on do", () => {
    expect(values("[1]", "application/x-ndjson, application/json")).toEqual([[1]]);
  });

  it.each([
    ["an array", "[1,2,3,4]", "[1,2,3]"],
    ["lines", "1\n\n2\nnonsense\n4", "\n1\n\n2\nnonsense\n\n"],
  ])(
    "refuses %s of more values than one request may have, and says how many that are",
    (_, tooMany, enough) => {
      expect(() => parseMany(Buffer.from(tooMany), undefined, 3)).toThrow(/3 messages at most/);
      expect(parseMany(Buffer.from(enough), undefined, 3).count).toBe(3);
    },
  );

  it("takes nothing for blank but white space, so that a line of other bytes has a result of its own", () => {
    for (const line of ["\0\0\0", "\x01", "\v", "\x1e", "\xef", "\xbb\xbf"]) {
      const lines = Buffer.from(`1\n \t\r\n${line}\n2`, "latin1");
      expect(parse(lines).map((item) => "problem" in item)).toEqual([false, true, false]);
      expect(parse(Buffer.from(line, "latin1"))).toHaveLength(1);
      const array = Buffer.from(`${line}[1]`, "latin1");
      expect(() => parse(array, "application/json")).toThrow(/not JSON|not UTF-8/);
    }
  });

  it("refuses an array whole where quotes that are missing hide an element in a string", () => {
    const text = `[{"k":1},{"a":"x},{"k":2},{"a":"y},{"k":3}]`;
    expect(() => parse(text)).toThrow(/not JSON/);
    expect(() => parse(text.replaceAll("x}", 'x\\"}').replaceAll("y}", 'y\\"}'))).toThrow(/not JSON/);
  });

  it.each(["[1,2", "[1,2]]", "[1,2}", '[1,"2]', "[1] 2", "[1]\0", "[", '["\\'])(
    "refuses %j whole, since nobody can tell where its elements are",
    (text) => {
      expect(() => parse(text, "application/json")).toThrow(/not JSON/);
      expect(() => parse(text)).toThrow(/not JSON/);
    },
  );
});
