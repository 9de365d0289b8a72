import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { version } from "../../lib/cli/version.ts";

const entry = fileURLToPath(new URL("../../lib/cli/postern.ts", import.meta.url));

/** What comes of `postern --version` on a Node of that version, or one that says that it is. */
function onNode(versionOfNode: string) {
  const pretend = `Object.defineProperty(process.versions, "node", { value: "${versionOfNode}" })`;
  const args = ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, entry, "--version"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { status, stdout, stderr };
}

it("runs on what it needs", () => {
  expect(onNode("24.0.0")).toEqual({ status: 0, stdout: `${version()}\n`, stderr: "" });
});

it.each(["20.19.0", "23.11.1"])(
  "says on Node %s what it needs, and that to try again is of no use",
  (old) => {
    expect(onNode(old)).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/^postern: needs Node 24 or newer; this is v[\d.]+, \/.*\n$/),
    });
  },
);
