import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeLoopMount } from "../support/loop-mount.ts";
import { fill, missingFrom, queueToCome, startPostern, statusOfPost } from "../support/spool-on-disk.ts";

const disk = makeLoopMount("btrfs", 160);
const missing = disk ? "" : " (left out: needs root, mkfs.btrfs of Debian's btrfs-progs, and loop devices)";
if (!disk) process.stdout.write(`A quota that is used up${missing}\n`);

afterAll(() => disk?.remove());

/** A folder of which at most N bytes may be used, on a disk with room for more. */
function limitedFolder(name: string, bytes: number): string {
  const folder = join(disk?.path ?? "", name);
  const btrfs = (...args: readonly string[]) => execFileSync("btrfs", args);
  btrfs("quota", "enable", disk?.path ?? "");
  btrfs("subvolume", "create", folder);
  btrfs("qgroup", "limit", String(bytes), folder);
  return folder;
}

const patience = { timeout: 60_000, interval: 500 };

describe.runIf(disk)(`a spool whose quota is used up${missing}`, () => {
  it("answers 503, says why, starts again, loses nothing and goes on by itself", async () => {
    const spool = join(limitedFolder("limited", 40 * 1_048_576), "spool");
    const queue = await queueToCome();
    const first = await startPostern(spool, queue.queueUrl);
    const { acknowledged, refusal } = await fill(await first.address(), 0);
    expect(refusal?.status).toBe(503);
    expect(await first.stop()).toBe(0);

    const second = await startPostern(spool, queue.queueUrl);
    const http = await second.address();
    const sqs = await queue.come();
    await expect.poll(() => missingFrom(sqs, acknowledged), patience).toEqual([]);
    await expect.poll(() => statusOfPost(http, 1_000_000), patience).toBe(200);
    expect(await second.stop()).toBe(0);
    await sqs.stop();
  });
});
