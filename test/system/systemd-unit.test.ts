import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("../../infra/systemd/", import.meta.url));
const units = ["postern.service", "postern-scgi.socket"].map((name) => `${folder}${name}`);

const isThere = spawnSync("systemd-analyze", ["--version"]).error === undefined;
const isLeftOut = !isThere && process.env["CI"] === undefined;
const missing = isThere ? "" : " (left out: needs systemd-analyze, Debian package systemd)";

/** The calls that a filter of systemd names, sets within it spelt out. */
function systemCalls(filter: string): readonly string[] {
  const lines = execFileSync("systemd-analyze", ["syscall-filter", filter], { encoding: "utf8" })
    .split("\n")
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  return lines.flatMap((line) => (line.startsWith("@") ? systemCalls(line) : [line]));
}

describe("the unit files", () => {
  it.skipIf(isLeftOut)(`have nothing in them that systemd does not know${missing}`, () => {
    // Without manual pages, which a bare machine does not have.
    const verify = ["verify", "--man=no", ...units];
    const { status, stderr } = spawnSync("systemd-analyze", verify, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  it.skipIf(isLeftOut)(`leave the program little that it could do harm with${missing}`, () => {
    const check = ["security", "--offline=true", "--no-pager", "--threshold=20", units[0] ?? ""];
    const { status, stdout } = spawnSync("systemd-analyze", check, { encoding: "utf8" });
    expect(stdout).toMatch(/Overall exposure level .*: [01]\.\d OK/);
    expect(status).toBe(0);
  });

  it.skipIf(isLeftOut)(`allow the system calls of Node's event loop and of SQLite${missing}`, () => {
    const allowed = new Set(systemCalls("@system-service"));
    for (const call of [...systemCalls("@privileged"), ...systemCalls("@resources")]) allowed.delete(call);
    for (const call of [
      "epoll_wait",
      "io_uring_enter",
      "accept4",
      "fsync",
      "fdatasync",
      "mmap",
      "clone3",
      "flock",
    ]) {
      expect(allowed).toContain(call);
    }
  });
});
