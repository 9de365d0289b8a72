import { describe, expect, it } from "vitest";
import { acceptNames } from "../../lib/application/accept.ts";

describe("acceptNames", () => {
  it.each([
    [undefined, false],
    ["", false],
    ["*/*", false],
    ["application/*", false],
    ["application/json", true],
    ["Application/JSON; charset=utf-8", true],
    ["text/plain, application/json;q=0.5", true],
    ["application/json;q=0", false],
    ["application/json; q=0.000", false],
    ["application/json-seq", false],
  ])("of %j about application/json: %j", (accept, named) => {
    expect(acceptNames(accept, "application/json")).toBe(named);
  });
});
