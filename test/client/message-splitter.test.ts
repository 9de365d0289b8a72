import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageSplitter } from "../../lib/client/message-splitter.ts";
import type { SplitMessage } from "../../lib/client/split-message.ts";

function split(input: string | Buffer, cuts: readonly number[] = [], maxLength = 1_000): SplitMessage[] {
  const bytes = Buffer.from(input);
  const splitter = new MessageSplitter(maxLength);
  const edges = [0, ...cuts, bytes.length];
  return [
    ...edges.slice(1).flatMap((end, index) => [...splitter.push(bytes.subarray(edges[index], end))]),
    ...splitter.end(),
  ];
}

/** What is kept back of an input, since it was cut short there. */
function keptBack(input: string): string {
  const splitter = new MessageSplitter(1_000);
  const last = [...splitter.push(Buffer.from(input)), ...splitter.end()].at(-1);
  return splitter.inMessage ? input.slice(last?.next.offset ?? 0) : "";
}

const texts = (input: string | Buffer, maxLength?: number) =>
  split(input, [], maxLength).map(({ text }) => text.toString());

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });

/** Ways to write values down, each with what it writes. */
const writings: readonly ((values: readonly unknown[]) => string)[] = [
  (values) => JSON.stringify(values),
  (values) => JSON.stringify(values, null, 2),
  (values) => `\uFEFF${JSON.stringify(values, null, "\t")}\r\n`,
  (values) => values.map((value) => JSON.stringify(value)).join("\n"),
  (values) => values.map((value) => `${JSON.stringify(value)}\r\n\r\n`).join(""),
  (values) => values.map((value) => JSON.stringify(value, null, 2)).join("\n"),
  (values) => values.map((value) => JSON.stringify(value)).join(""),
  (values) => values.map((value) => JSON.stringify([value])).join("\n"),
  (values) => values.map(withoutIndentation).join("\n"),
  withoutIndentation,
];

/** Every brace stands at the beginning of its line, as some programs write them. */
function withoutIndentation(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll(/^ +/gm, "")
    .replaceAll(/": \{$/gm, '":\n{');
}

describe("MessageSplitter", () => {
  it("gives back any objects, in every way to write them down", () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 8 }), fc.constantFrom(...writings), (values, write) => {
        expect(texts(write(values), 100_000).map((text) => JSON.parse(text))).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
      }),
    );
  });

  it("gives the same wherever the bytes are cut, whatever they are", () => {
    const fragment = fc.constantFrom(
      '{"a":1}',
      '{"a":"}\\"{"}',
      '{\n "b": [1,\n{"c":2}]\n}',
      "{",
      "}",
      "[",
      "]",
      ",",
      '"',
      "\\",
      "\n",
      " ",
      "nonsense",
      "ü",
      "\n {",
    );
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 25 }),
        fc.integer({ min: 5, max: 60 }),
        (parts, maxLength) => {
          const bytes = Buffer.from(parts.join(""));
          const whole = split(bytes, [], maxLength);
          for (let cut = 1; cut < bytes.length; cut += 1) {
            expect(split(bytes, [cut], maxLength)).toEqual(whole);
          }
          const everywhere = Array.from(bytes, (_, index) => index);
          expect(split(bytes, everywhere, maxLength)).toEqual(whole);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("goes on from the end of any message as if it had never stopped", () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), fc.constantFrom(...writings), (values, write) => {
        const bytes = Buffer.from(write(values));
        const whole = split(bytes, [], 100_000);
        for (const [number, { next, position }] of whole.entries()) {
          const fromNext = new MessageSplitter(100_000, next);
          const rest = [...fromNext.push(bytes.subarray(next.offset)), ...fromNext.end()];
          expect(rest).toEqual(whole.slice(number + 1));
          const fromIt = new MessageSplitter(100_000, position);
          expect([...fromIt.push(bytes.subarray(position.offset)), ...fromIt.end()]).toEqual(
            whole.slice(number),
          );
        }
      }),
    );
  });

  it("loses no byte but separators and what is cut short at the end, and none twice", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[{}[\],"\\\na ]{0,60}$/), (input) => {
        const messages = split(input);
        let end = 0;
        for (const { position, next, text } of messages) {
          expect(input.slice(end, position.offset)).toMatch(/^[\s,[\]]*$/);
          expect(input.slice(position.offset, next.offset).trimEnd()).toBe(text.toString());
          end = next.offset;
        }
        expect(input.slice(end)).toMatch(keptBack(input) === "" ? /^[\s,[\]]*$/ : /^[\s,[\]]*[^\s,]/);
      }),
    );
  });

  it("takes nothing for blank but white space: damage shall be told of", () => {
    expect(texts('{"a":1}\n\0\0\0\n \t\r\n{"b":2}\0\n\v')).toEqual([
      '{"a":1}',
      "\0\0\0",
      '{"b":2}',
      "\0",
      "\v",
    ]);
    expect(texts("\0\0")).toEqual(["\0\0"]);
  });

  it("says in which line each message begins, and counts them", () => {
    expect(
      split('[\n{"a":1},\n\n{"a":\n2},{}\n]').map(({ position }) => [position.index, position.line]),
    ).toEqual([
      [0, 2],
      [1, 4],
      [2, 5],
    ]);
    // The second is found to begin where the first was broken off.
    expect(split('{"a":\n{"b":2}\n{"c":3}').map(({ position }) => position.line)).toEqual([1, 2, 3]);
  });

  it.each([
    ["a line that is no JSON", '{"a":1}\nnonsense\n{"b":2}', ['{"a":1}', "nonsense", '{"b":2}']],
    ["a line cut inside a string", '{"a":"x\n{"b":2}', ['{"a":"x', '{"b":2}']],
    ["a line cut before a value", '{"a":\n{"b":2}\n{"c":3}', ['{"a":', '{"b":2}', '{"c":3}']],
    ["a cut line among indented ones", ' {"a":{\n {"b":2}\n {"c":3}', ['{"a":{', '{"b":2}', '{"c":3}']],
    ["a last line that is none", '{"a":1}\n{"b":\n\n', ['{"a":1}', '{"b":']],
    ["a cut line in an array that was cut short", '[{"a":\n {"b":2}\n, {"c"', ['{"a":', '{"b":2}']],
    ["an array's element that is none", '[{"a":1}, NaN, "x,]", 3]', ['{"a":1}', "NaN", '"x,]"', "3"]],
    ["arrays one after the other", '[{"a":1}]\n[{"b":2}]', ['{"a":1}', '{"b":2}']],
    ["a bracket too many", '{"a":1}}\n{"b":2}', ['{"a":1}', "}", '{"b":2}']],
  ])("keeps the neighbours of %s whole", (_, input, expected) => {
    expect(texts(input)).toEqual(expected);
  });

  it.each([
    ["an array", '[{"a":1},\n {"b":', ' {"b":'],
    ["an array, at the end of a line", '[{"a":1},\n{"b":\n', '{"b":\n'],
    ["an array of other values", '[{"a":1}, 23', " 23"],
    ["a line", '{"a":1}\n{"b":', '{"b":'],
    ["a line, within a string", '{"a":1}\n{"b":"}', '{"b":"}'],
    ["an object of many lines", '{"a":1}\n{\n "b": 2,\n', '{\n "b": 2,\n'],
    ["a message that is too long, in an array", `[{"a":1},["${"x".repeat(2_000)}`, `["${"x".repeat(2_000)}`],
  ])("keeps back what is left of %s that was cut short", (_, input, rest) => {
    expect(texts(input)).toEqual(['{"a":1}']);
    expect(keptBack(input).replace(/^[,\n]+/, "")).toBe(rest);
  });

  it("knows that a message which is too long may have taken the end of its array, and a comma that it has not", () => {
    for (const [end, isOpen] of [
      ["]\n", false],
      ["]\n,", true],
    ] as const) {
      const splitter = new MessageSplitter(100);
      const bytes = Buffer.from(`[{"a": 1},\n{"b": ${"0".repeat(3_000)}${end}`);
      expect([...splitter.push(bytes), ...splitter.end()].map(({ tooLong }) => tooLong)).toEqual([
        false,
        true,
      ]);
      expect(splitter.inOpenArray).toBe(isOpen);
    }
  });

  it("holds no more than the beginning of a message that is too long, and goes on after it", () => {
    const long = JSON.stringify({ name: "x".repeat(5_000) });
    const [first, second, ...more] = split(`${long}\n{"a":1}`, [100, 1_200, 2_000, 4_000]);
    expect(first).toMatchObject({ tooLong: true, text: Buffer.from(long.slice(0, 1_000)) });
    expect(second).toMatchObject({ tooLong: false, text: Buffer.from('{"a":1}') });
    expect(more).toEqual([]);
  });

  it.each(["", "\n \r\n", "[]", "[\n]\n"])("finds nothing in %j", (input) => {
    expect(texts(input)).toEqual([]);
  });
});
