import { expect, it } from "vitest";
import { writeInPlace } from "../../lib/platform/write-in-place.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

it("leaves a file system alone that writes in place by itself", () => {
  using directory = temporaryDirectory();
  expect(writeInPlace(directory.path)).toBeUndefined();
});

it("says what it could not find out", () => {
  using directory = temporaryDirectory();
  expect(writeInPlace(`${directory.path}/missing`)).toMatchObject({ code: "ENOENT" });
});
