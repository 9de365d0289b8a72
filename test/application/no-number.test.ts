import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findNoNumber } from "../../lib/application/no-number.ts";

const found = (text: string) => findNoNumber(Buffer.from(text));

describe("findNoNumber", () => {
  it.each([
    ['{"data": {"frequency": NaN}}', "data.frequency"],
    ['{"data":{"string":"NaN","frequency":-Infinity},"type":"NaN"}', "data.frequency"],
    ['{"a": [1, [2], {"b" : Infinity}]}', "a.2.b"],
    ["[{}, NaN]", "1"],
    ['{"\\u0061\\"b": NaN}', 'a"b'],
    ['{"a": {"b": {}}, "c": [[], {}], "d": NaN}', "d"],
  ])("names the field in %s", (text, field) => {
    expect(found(text)).toEqual({ field });
  });

  it.each([
    ["on its own", " NaN"],
    ["where no key could be read", '{"\\x": NaN}'],
    ["where it has no key", "{NaN}"],
    ["deeper than any message", `${'{"a":'.repeat(70)}NaN`],
    ["where the name is longer than any that a client could mean", `{"${"a".repeat(200)}": NaN}`],
    ["behind brackets that nobody opened", "]}}NaN"],
  ])("finds it without a name %s", (_, text) => {
    expect(found(text)).toEqual({ field: undefined });
  });

  it.each(['{"a": "NaN"}', '{"NaN": 1}', '{"a": "\\"NaN', "", "{}", "null"])("finds none in %s", (text) => {
    expect(found(text)).toBeUndefined();
  });

  it("names whatever path leads to it", () => {
    const key = fc.string({
      unit: fc.constantFrom("a", "N", '"', "\\", "{", "]", ",", ":", "é"),
      maxLength: 3,
    });
    const value = fc.jsonValue({ maxDepth: 2 }).map((each) => JSON.stringify(each));
    const inObject = fc.record({ key, before: fc.array(fc.tuple(key, value), { maxLength: 3 }) });
    const inArray = fc.record({ items: fc.array(value, { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(fc.oneof(inObject, inArray), { minLength: 1, maxLength: 6 }), (levels) => {
        const text = levels.reduceRight((inner, level) => {
          if ("items" in level) return `[${[...level.items, inner].join(" ,")}`;
          const members = level.before.map(([name, each]) => `${JSON.stringify(name)} :${each}`);
          return `{ ${[...members, `${JSON.stringify(level.key)}: ${inner}`].join(",")}`;
        }, "NaN");
        const field = levels.map((level) => ("items" in level ? level.items.length : level.key)).join(".");
        expect(found(text)).toEqual({ field: field || undefined });
      }),
    );
  });
});
