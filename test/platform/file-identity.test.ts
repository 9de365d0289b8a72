import { closeSync, linkSync, mkdirSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileIdentity, openFileIdentity } from "../../lib/platform/file-identity.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

describe("fileIdentity", () => {
  it("is the same of all names of a file, whether it is there or not", async () => {
    using directory = temporaryDirectory();
    const at = (name: string) => join(directory.path, name);
    mkdirSync(at("folder"));
    symlinkSync("folder", at("other"));
    writeFileSync(at("there"), "");
    linkSync(at("there"), at("hard"));
    symlinkSync("there", at("soft"));
    symlinkSync("../missing", at("folder/dangling"));
    symlinkSync("round", at("round"));

    const there = await fileIdentity(at("there"));
    for (const name of ["hard", "soft", "folder/../there"]) expect(await fileIdentity(at(name))).toBe(there);
    const missing = await fileIdentity(at("missing"));
    for (const name of ["folder/../missing", "other/dangling"])
      expect(await fileIdentity(at(name))).toBe(missing);
    expect(await fileIdentity(at("other/new"))).toBe(await fileIdentity(at("folder/new")));
    expect(await fileIdentity(at("no/folder"))).toBe(at("no/folder"));

    const all = ["there", "missing", "folder", "folder/new", "round", "no/folder"];
    const identities = await Promise.all(all.map((name) => fileIdentity(at(name))));
    expect(new Set(identities).size).toBe(all.length);
  });
});

describe("openFileIdentity", () => {
  const identityOf = (path: string) => {
    const descriptor = openSync(path, "r");
    try {
      return openFileIdentity(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };

  it("is that of the file's names", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "there");
    writeFileSync(path, "");
    expect(identityOf(path)).toBe(await fileIdentity(path));
  });

  it("is none of what is no file", () => {
    expect(identityOf("/dev/null")).toBeUndefined();
  });
});
