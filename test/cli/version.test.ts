import { expect, it } from "vitest";
import { version } from "../../lib/cli/version.ts";
import manifest from "../../package.json" with { type: "json" };

it("is that of the package", () => {
  expect(version()).toBe(manifest.version);
});
