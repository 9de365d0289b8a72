import { describe, expect, it } from "vitest";
import { prefers } from "../../lib/application/prefer.ts";

describe("prefers", () => {
  it.each([
    [undefined, false],
    ["", false],
    ["dry-run", true],
    ["Dry-Run", true],
    ["respond-async, dry-run;x=1", true],
    ["dry-run=1", true],
    ["dry-running", false],
    ["wait=dry-run", false],
    ['note="a, dry-run, b"', false],
    ['note="\\", dry-run, \\""', false],
    ['note="a", dry-run', true],
    ['dry-run="a, b"', true],
    ['note="a, dry-run', false],
    ['note="a\\", dry-run', false],
  ])("of %j about dry-run: %j", (header, preferred) => {
    expect(prefers(header, "dry-run")).toBe(preferred);
  });

  it.each(['\\"', '"', '"\\', "\\", '"a, '])("takes no time for a header of many %j", (piece) => {
    const began = performance.now();
    prefers(`"${piece.repeat(32_000)}`, "dry-run");
    // A second where each quote has the rest looked at again.
    expect(performance.now() - began).toBeLessThan(400);
  });
});
