import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutLines } from "../../lib/client/without-lines.ts";

const start = Buffer.from("ab");

/** @param lengths of the pieces in which the text comes, again and again */
async function kept(text: string, lengths: readonly number[]): Promise<string> {
  const bytes = Buffer.from(text);
  async function* inPieces(): AsyncGenerator<Buffer> {
    for (let from = 0, piece = 0; from < bytes.length; piece += 1) {
      const to = from + (lengths[piece % lengths.length] ?? 1);
      yield bytes.subarray(from, to);
      from = to;
    }
  }
  const pieces: Buffer[] = [];
  for await (const piece of withoutLines(inPieces(), start)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe("withoutLines", () => {
  it("leaves out the lines that begin so or with zeroes, and no other byte, however the bytes come in", async () => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c", "\0"), maxLength: 6 }));
    const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(lines, lengths, async (each, pieces) => {
        const text = each.join("\n");
        const others = text.split(/(?<=\n)/).filter((line) => !/^(?:ab|a\n?$|[^\n]?\0)/.test(line));
        expect(await kept(text, pieces)).toBe(others.join(""));
      }),
    );
  });

  it.each([
    ["c\nab", "c\n"],
    ["c\na", "c\n"],
    ["c\na\nb\n", "c\nb\n"],
    ["\nc", "\nc"],
  ])("leaves out what a crash has left of such a line: of %j it keeps %j", async (text, others) => {
    expect(await kept(text, [100])).toBe(others);
  });

  it("passes a line on before its end has come", async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (; taken < 10; taken += 1) yield Buffer.from("cc");
    }
    const passed = withoutLines(endless(), start);
    expect((await passed.next()).value).toEqual(Buffer.from("cc"));
    expect(taken).toBe(0);
  });
});
