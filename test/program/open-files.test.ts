import { expect, it } from "vitest";
import { fileLimitWarning } from "../../lib/program/open-files.ts";

const limits = (files: string) => `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            ${files}                 524288               files
`;

it.each([
  [undefined, 10],
  [limits("unlimited"), 10_000],
  [limits("10064"), 10_000],
  ["", 10],
])("nothing is wrong with the limits %j for %i connections", (told, connections) => {
  expect(fileLimitWarning(connections, told ?? "")).toBe(undefined);
});

it("says how many files there may be and how many are needed", () => {
  expect(fileLimitWarning(10_000, limits("1024"))).toMatch(/^only 1024 files may be open, 10064 are needed/);
});

it.skipIf(process.platform !== "linux")("knows the limit of this process", () => {
  expect(fileLimitWarning(1e12)).toMatch(/^only \d+ files/);
});
