import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeSpoolDirectory, spoolDirectory } from "../../../../lib/queue/spool/disk/spool-directory.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

describe("makeSpoolDirectory", () => {
  it("makes all that is missing of the path, for this user alone but for the way there, and leaves what is there", () => {
    using directory = temporaryDirectory();
    const parent = join(directory.path, "a", "b");
    for (const path of [join(parent, "c"), join(parent, "c"), join(parent, "d")]) {
      makeSpoolDirectory(spoolDirectory(path));
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
    expect(statSync(parent).mode & 0o777).toBe(0o711);
  });

  it.skipIf(process.platform !== "linux")("fails, rather than hangs, where no directory can be made", () => {
    expect(() => makeSpoolDirectory(spoolDirectory("/proc/postern/spool"))).toThrow(/ENOENT/);
  });
});
