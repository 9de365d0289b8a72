import { closeSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sendInputs } from "../../../lib/cli/send/inputs.ts";
import { sendSettings } from "../../../lib/cli/send/settings.ts";
import { readSettings } from "../../../lib/program/settings/read-settings.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const at = (name: string) => join(directory.path, name);

/** With files of these names there. */
function inputsOf(names: readonly string[], flags: Readonly<Record<string, string>> = {}) {
  for (const name of names) if (name !== "-") writeFileSync(at(name), "", { flag: "a" });
  const paths = Object.entries(flags).map(([flag, name]) => [flag, name === "off" ? name : at(name)]);
  const settings = readSettings(sendSettings, Object.fromEntries(paths), {});
  return sendInputs(
    names.map((name) => (name === "-" ? name : at(name))),
    settings,
  );
}

describe("sendInputs", () => {
  it("leaves out what belongs to the upload of another input, as a pattern such as * gives it", async () => {
    const names = ["a", "a.postern-send", "a.rejected.ndjson", "a.rejected.ndjson.rejected.ndjson", "b"];
    const { inputs, leftOut } = await inputsOf(names);
    expect(inputs.map(({ path }) => path)).toEqual([at("a"), at("b")]);
    expect(leftOut).toEqual([
      { path: at("a.postern-send"), reason: `it is the state of the upload of ${at("a")}` },
      { path: at("a.rejected.ndjson"), reason: `rejected messages of ${at("a")} go there` },
      {
        path: at("a.rejected.ndjson.rejected.ndjson"),
        reason: `rejected messages of ${at("a.rejected.ndjson")} go there`,
      },
    ]);
    const one = await inputsOf(["a", "r"], { rejected: "r", state: "s" });
    expect(one.inputs).toEqual([{ path: at("a"), statePath: at("s"), rejectedPath: at("r") }]);
  });

  it.skipIf(process.platform === "win32")(
    "puts nothing beside what is open already, as shells name it",
    async () => {
      const settings = readSettings(sendSettings, {}, {});
      const fd = openSync(at("a"), "w+");
      const { inputs } = await sendInputs([`/dev/fd/${fd}`], settings);
      expect(inputs).toEqual([
        { path: `/dev/fd/${fd}`, statePath: undefined, rejectedPath: "stdin.rejected.ndjson" },
      ]);
      closeSync(fd);
    },
  );

  it("sends what was rejected where it is what it was given", async () => {
    const { inputs, leftOut } = await inputsOf(["a.rejected.ndjson", "b", "a.postern-send"]);
    expect([inputs.length, leftOut]).toEqual([3, []]);
  });

  it.each([
    [["a"], { rejected: "a" }, /^\S+a: it is to be sent, .* choose another with --rejected$/],
    [["a"], { rejected: "link" }, /^\S+link: it is to be sent, .* choose another with --rejected$/],
    [["a"], { state: "a" }, /^\S+a: it is to be sent, .* choose another with --state$/],
    [["a"], { state: "link" }, /^\S+link: it is to be sent, .* choose another with --state$/],
    [["a"], { state: "s", rejected: "s" }, /^\S+s: the state and what is rejected cannot both go there/],
    [
      ["a"],
      { state: "s", rejected: "dangling" },
      /^\S+s: the state and what is rejected cannot both go there/,
    ],
    [["a"], { rejected: "a.postern-send" }, /^\S+a.postern-send: the state and what is rejected cannot both/],
    [
      ["a", "b"],
      { rejected: "b.postern-send" },
      /^\S+b.postern-send: the state and what is rejected cannot both/,
    ],
    [["-"], { state: "s", rejected: "s" }, /^\S+s: the state and what is rejected cannot both go there/],
    [["a", "b"], { state: "s" }, /^--state: expected off where there is more than one FILE$/],
  ])("refuses one file for two purposes: %j with %j", async (names, flags, message) => {
    symlinkSync("a", at("link"));
    symlinkSync("s", at("dangling"));
    await expect(inputsOf(names, flags)).rejects.toThrow(message);
  });

  it("lets several inputs share the file of rejected messages", async () => {
    const { inputs } = await inputsOf(["a", "b"], { rejected: "r", state: "off" });
    expect(inputs.map(({ rejectedPath }) => rejectedPath)).toEqual([at("r"), at("r")]);
  });
});
