import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnsOf, cutToColumns } from "../../../lib/cli/send/columns.ts";

describe("columnsOf", () => {
  it.each([
    ["station.ndjson", 14],
    ["bïg", 3],
    ["文件", 4],
    ["한국어", 6],
    ["🎈", 2],
    ["…", 1],
    ["", 0],
  ])("of %j is %i", (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

describe("cutToColumns", () => {
  it("keeps as much of the beginning as fits, and no half of a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: -1, max: 40 }), (text, columns) => {
        const cut = cutToColumns(text, columns);
        expect(text.startsWith(cut)).toBe(true);
        expect(columnsOf(cut)).toBeLessThanOrEqual(Math.max(0, columns));
        const [next = ""] = text.slice(cut.length);
        if (next !== "") expect(columnsOf(cut) + 2).toBeGreaterThan(columns);
        expect(cut.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
    );
  });
});
