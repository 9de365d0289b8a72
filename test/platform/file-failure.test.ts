import { expect, it } from "vitest";
import { isLackOfRoom, readFailure, writeFailure } from "../../lib/platform/file-failure.ts";
import { quotaUsedUp } from "../support/quota-used-up.ts";

const failure = (code: string) => Object.assign(new Error(`${code}: as the system says it`), { code });

it.each([
  ["ENOENT", "there is no such file", "there is no such folder"],
  ["ENOTDIR", "there is no such file", "there is no such folder"],
  ["EACCES", "this user may not read it", "this user may not write there"],
  ["EROFS", "EROFS: as the system says it", "its file system is read-only"],
  ["ENOSPC", "ENOSPC: as the system says it", "its disk is full"],
  ["EISDIR", "it is a directory", "it is a directory"],
  ["EIO", "EIO: as the system says it", "EIO: as the system says it"],
])("of %s says %j to who reads, %j to who writes", (code, reading, writing) => {
  expect([readFailure(failure(code)), writeFailure(failure(code))]).toEqual([reading, writing]);
});

it("repeats what is said otherwise", () => {
  expect(readFailure(new Error("it is odd"))).toBe("it is odd");
});

it("knows a quota that is used up, of which Node has no name, and takes it and a full disk for a lack of room", () => {
  expect(writeFailure(quotaUsedUp)).toBe("the quota on its disk is used up");
  expect([quotaUsedUp, failure("ENOSPC"), failure("EIO")].map(isLackOfRoom)).toEqual([true, true, false]);
});
