import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { spawnPostern } from "../support/postern-process.ts";
import { fill, missingFrom, queueToCome, startPostern, statusOfPost } from "../support/spool-on-disk.ts";

const mount = mkdtempSync(join(tmpdir(), "postern-btrfs-"));
const image = `${mount}.img`;
const mounted = mountBtrfs();
const missing = mounted
  ? ""
  : " (left out: needs root, mkfs.btrfs of Debian's btrfs-progs, and loop devices)";
if (!mounted) process.stdout.write(`A full disk with btrfs${missing}\n`);

afterAll(() => {
  // Also where a test has failed and its program still runs.
  execFileSync("umount", ["--lazy", mount]);
  removeImage();
});

function removeImage() {
  rmdirSync(mount);
  rmSync(image, { force: true });
}

function mountBtrfs(): boolean {
  try {
    writeFileSync(image, "");
    truncateSync(image, 160 * 1_048_576);
    execFileSync("mkfs.btrfs", ["--quiet", image], { stdio: "ignore" });
    execFileSync("mount", ["-o", "loop", image, mount], { stdio: "ignore" });
    return true;
  } catch {
    // Nothing is called afterwards where all tests are left out.
    removeImage();
    return false;
  }
}

/** Takes all room but for so many bytes. */
function leave(name: string, bytes: number) {
  const { bavail, bsize } = statfsSync(mount);
  try {
    writeFileSync(join(mount, name), Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
  }
}

const patience = { timeout: 60_000, interval: 500 };

describe.skipIf(!mounted)(`a spool with btrfs, which writes nothing in place${missing}`, () => {
  it("answers 503 where the disk is full, survives that others take the last of the room, and loses nothing", async () => {
    leave("others", 30 * 1_048_576);
    const queue = await queueToCome();
    const postern = await startPostern(join(mount, "spool"), queue.queueUrl);
    const http = await postern.address();
    const { acknowledged, refusal } = await fill(http, 0);
    expect(refusal?.status).toBe(503);
    leave("more", 0);
    leave("the last", -1_048_576);

    const sqs = await queue.come();
    await expect.poll(() => missingFrom(sqs, acknowledged), patience).toEqual([]);
    // In the room that the delivered ones have left.
    await expect.poll(() => statusOfPost(http, 1_000_000), patience).toBe(200);
    expect(await postern.stop()).toBe(0);
    await sqs.stop();
  });

  it("is told of in the log where it cannot be made to", async () => {
    const postern = await spawnPostern({
      args: ["serve", "--http", "127.0.0.1:0", "--scgi", "off", "--spool", join(mount, "unaided")],
      env: { PATH: mount },
    });
    await postern.ready;
    postern.child.kill("SIGTERM");
    expect((await postern.ended).stderr).toMatch(/"level":"warn".*chattr ENOENT.*writes nothing in place/);
    await postern.remove();
  });
});
