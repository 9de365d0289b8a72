import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMany } from "../../lib/application/parse-many.ts";

const parse = (text: string | Uint8Array, type?: string) => [...parseMany(Buffer.from(text), type, 100)];
const values = (text: string, type?: string) =>
  parse(text, type).map((item) => ("value" in item ? item.value : item.problem.code));

describe("parseMany", () => {
  it("gives back any values, as an array or on lines, said by type or told by the first byte", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 20 }),
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

  it("gives each bad line a problem of its own", () => {
    expect(values('{"a":1}\nnonsense\n{"b":NaN}\n{"c":2}', undefined)).toEqual([
      { a: 1 },
      "invalid_json",
      "invalid_json",
      { c: 2 },
    ]);
    expect(
      parse(Buffer.from('1\n"\xff"\n2', "latin1"), "application/x-ndjson").map((item) => "problem" in item),
    ).toEqual([false, true, false]);
  });

  it("takes a byte order mark off the first line", () => {
    expect(values("\uFEFF1\n2", "application/x-ndjson")).toEqual([1, 2]);
    expect(values("\uFEFF[1]")).toEqual([1]);
  });

  it.each(["", "\n\n", " \r\n"])("finds nothing in %j", (text) => {
    expect(values(text, "application/x-ndjson")).toEqual([]);
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

  it("refuses whole what cannot be taken apart", () => {
    expect(() => parse("[1,2", "application/json")).toThrow(/not JSON/);
    expect(() => parse("[1,2")).toThrow(/not JSON/);
  });
});
