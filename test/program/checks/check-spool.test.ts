import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkSpool } from "../../../lib/program/checks/check-spool.ts";

/** More than any disk has. */
const huge = 2 ** 50;

let spool: string;
beforeEach(() => {
  spool = join(mkdtempSync(join(tmpdir(), "postern-check-")), "spool");
  mkdirSync(spool, { mode: 0o700 });
});
afterEach(() => rmSync(join(spool, ".."), { recursive: true }));

it("finds fault with a disk on which the spool cannot grow to its limit", async () => {
  await expect(checkSpool(spool, huge)).rejects.toThrow(/ bytes for it, less than the spool's limit of /);
});

it("counts what the spool's files have already", async () => {
  const ballast = join(spool, "ballast");
  writeFileSync(ballast, "");
  // A hole, which takes nothing.
  truncateSync(ballast, 2 ** 40);
  await expect(checkSpool(spool, 2 ** 40)).resolves.toContain(" bytes free");
});
