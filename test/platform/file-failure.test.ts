import { expect, it } from "vitest";
import { readFailure, writeFailure } from "../../lib/platform/file-failure.ts";

const failure = (code: string) => Object.assign(new Error(`${code}: as the system says it`), { code });

it.each([
  ["ENOENT", "there is no such file", "there is no such folder"],
  ["ENOTDIR", "there is no such file", "there is no such folder"],
  ["EACCES", "this user may not read it", "this user may not write there"],
  ["EROFS", "EROFS: as the system says it", "nothing can be written to its file system"],
  ["EISDIR", "it is a directory", "it is a directory"],
  ["EIO", "EIO: as the system says it", "EIO: as the system says it"],
])("of %s says %j to who reads, %j to who writes", (code, reading, writing) => {
  expect([readFailure(failure(code)), writeFailure(failure(code))]).toEqual([reading, writing]);
});

it("repeats what is said otherwise", () => {
  expect(readFailure(new Error("it is odd"))).toBe("it is odd");
});
