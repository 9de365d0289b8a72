import { statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeLoopMount } from "../support/loop-mount.ts";
import { spawnPostern } from "../support/postern-process.ts";
import { fill, missingFrom, queueToCome, startPostern, statusOfPost } from "../support/spool-on-disk.ts";

const disk = makeLoopMount("btrfs", 160);
const mount = disk?.path ?? "";
const missing = disk ? "" : " (left out: needs root, mkfs.btrfs of Debian's btrfs-progs, and loop devices)";
if (!disk) process.stdout.write(`A full disk with btrfs${missing}\n`);

afterAll(() => disk?.remove());

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

describe.runIf(disk)(`a spool with btrfs, which writes nothing in place${missing}`, () => {
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
    expect((await postern.ended).stderr).toMatch(/"level":"warn".*chattr ENOENT.*does not write in place/);
    await postern.remove();
  });
});
