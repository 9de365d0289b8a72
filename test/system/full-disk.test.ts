import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { trialWrite } from "../../lib/platform/trial-write.ts";
import { fill, missingFrom, queueToCome, startPostern, statusOfPost } from "../support/spool-on-disk.ts";

const mount = mkdtempSync(join(tmpdir(), "postern-disk-"));
const mounted = mountTmpfs("24m");
const spool = join(mount, "spool");
const other = join(mount, "other");

afterAll(() => {
  if (mounted) unmount();
  rmdirSync(mount);
});

/** Only root may mount. */
function mountTmpfs(size: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "postern-test", mount], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function unmount() {
  execFileSync("umount", [mount]);
}

/** As another program does that takes whatever room there is. */
function fillUp() {
  expect(() => writeFileSync(other, Buffer.alloc(32 * 1_048_576))).toThrow(/ENOSPC/);
}

const patience = { timeout: 60_000, interval: 500 };

describe.skipIf(!mounted)("a spool whose disk is full, here a tmpfs of 24 MiB (needs root)", () => {
  afterEach(() => {
    rmSync(spool, { recursive: true, force: true });
    rmSync(other, { force: true });
  });

  it("answers 503, loses nothing and goes on by itself", async () => {
    const queue = await queueToCome();
    const postern = await startPostern(spool, queue.queueUrl);
    const http = await postern.address();

    const { acknowledged, refusal, body } = await fill(http, 0);
    expect(acknowledged.length).toBeGreaterThan(1_000);
    expect(refusal?.status).toBe(503);
    expect(refusal?.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(body).toContain("queue_unavailable");
    expect((await fetch(`${http}/health`)).status).toBe(503);

    const sqs = await queue.come();
    await expect.poll(() => statusOfPost(http, 1_000_000), patience).toBe(200);
    await expect.poll(() => missingFrom(sqs, [...acknowledged, 1_000_000]), patience).toEqual([]);
    expect((await fetch(`${http}/health`)).status).toBe(200);
    expect(await postern.stop()).toBe(0);
    await sqs.stop();
  });

  it("starts again where others have taken what room was left, delivers what it has, and goes on", async () => {
    const queue = await queueToCome();
    const first = await startPostern(spool, queue.queueUrl);
    const { acknowledged } = await fill(await first.address(), 0);
    expect(await first.stop()).toBe(0);
    fillUp();

    const second = await startPostern(spool, queue.queueUrl);
    const http = await second.address();
    expect((await fetch(`${http}/health`)).status).toBe(503);
    expect(await statusOfPost(http, 1_000_000)).toBe(503);
    const sqs = await queue.come();
    await expect.poll(() => missingFrom(sqs, acknowledged), patience).toEqual([]);
    // In the room that the delivered ones have left.
    await expect.poll(() => statusOfPost(http, 1_000_000), patience).toBe(200);
    await expect.poll(() => missingFrom(sqs, [1_000_000]), patience).toEqual([]);
    expect(await second.stop()).toBe(0);
    await sqs.stop();
  });

  it("says so where there is not even room to open it, and starts once there is", async () => {
    const { queueUrl } = await queueToCome();
    const first = await startPostern(spool, queueUrl);
    await first.address();
    await first.stop();
    rmSync(join(spool, "ballast"));
    fillUp();

    const second = await startPostern(spool, queueUrl);
    expect(await second.ended).toMatchObject({
      code: 1,
      stderr: `postern: cannot open the spool in ${spool}: the disk of the spool is full, or its quota used up\n`,
    });
    await second.remove();
    rmSync(other);
    const third = await startPostern(spool, queueUrl);
    await third.address();
    expect(await third.stop()).toBe(0);
  });

  it("is found out by a trial also where there is room for a part of what that writes", () => {
    const { bavail, bsize } = statfsSync(mount);
    writeFileSync(other, Buffer.alloc(bavail * bsize - 65_536));
    expect(trialWrite(mount)).toMatchObject({ code: "ENOSPC" });
    rmSync(other);
    expect([trialWrite(mount), readdirSync(mount)]).toEqual([undefined, []]);
  });

  it("goes on where the file system does not tell how much room it has, as one without a limit", async () => {
    unmount();
    mountTmpfs("0");
    const queue = await queueToCome();
    const postern = await startPostern(spool, queue.queueUrl);
    expect(await statusOfPost(await postern.address(), 1)).toBe(200);
    expect(await postern.stop()).toBe(0);
  });
});
