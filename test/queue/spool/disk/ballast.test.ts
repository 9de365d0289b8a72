import { existsSync, mkdirSync, rmdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Ballast } from "../../../../lib/queue/spool/disk/ballast.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

describe("Ballast", () => {
  it("takes up its bytes, gives them back, and can be taken on again", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "ballast");
    const ballast = new Ballast(path, 1_500_000);
    expect(ballast.held).toBe(false);
    expect(ballast.takeOn()).toBe(true);
    expect(statSync(path)).toMatchObject({ size: 1_500_000 });
    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(1_500_000);
    expect(ballast.throwOff()).toBe(true);
    expect(existsSync(path)).toBe(false);
    expect(ballast.throwOff()).toBe(false);
    expect(ballast.takeOn()).toBe(true);
  });

  it("is found again by the next program, unless a crash left only a part", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "ballast");
    new Ballast(path, 10_000).takeOn();
    expect(new Ballast(path, 10_000).held).toBe(true);
    truncateSync(path, 9_999);
    const ballast = new Ballast(path, 10_000);
    expect(ballast.held).toBe(false);
    expect(ballast.takeOn()).toBe(true);
    expect(statSync(path).size).toBe(10_000);
  });

  it("keeps all it can for an opening, and is no more than that", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "ballast");
    new Ballast(path, 10_000).takeOnLeast();
    expect(new Ballast(path, 10_000).held).toBe(true);
    // A part, as on a disk with no room for all, is thrown off as all of it is.
    const larger = new Ballast(path, 20_000);
    expect([larger.held, larger.throwOff(), existsSync(path)]).toEqual([false, true, false]);
  });

  it("is not held where it cannot be written", () => {
    using directory = temporaryDirectory();
    const missing = join(directory.path, "missing");
    const ballast = new Ballast(join(missing, "ballast"), 10_000);
    expect(ballast.takeOn()).toBe(false);
    mkdirSync(missing);
    expect(ballast.takeOn()).toBe(true);
  });

  it("is not begun where there is no room for it", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "ballast");
    const ballast = new Ballast(path, Number.MAX_SAFE_INTEGER);
    expect([ballast.takeOn(), ballast.failure, existsSync(path)]).toEqual([false, undefined, false]);
  });

  it("is tried less and less often where it cannot be written, and says why", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "ballast");
    mkdirSync(path);
    const ballast = new Ballast(path, 10_000);
    expect([ballast.takeOn(), ballast.throwOff()]).toEqual([false, false]);
    expect(ballast.failure).toMatchObject({ code: "EISDIR" });
    // One is left out, one in vain, and now three are.
    expect([ballast.takeOn(), ballast.takeOn()]).toEqual([false, false]);
    rmdirSync(path);
    const tries = Array.from({ length: 4 }, () => ballast.takeOn());
    expect(tries).toEqual([false, false, false, true]);
    expect(ballast.failure).toBeUndefined();
  });
});
