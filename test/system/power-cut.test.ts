import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { startFaultySqs } from "../support/faulty-sqs.ts";
import { type LoopMount, makeLoopMount } from "../support/loop-mount.ts";
import { seededRandom } from "../support/random.ts";
import { missingFrom, queueToCome, startPostern, statusOfPost } from "../support/spool-on-disk.ts";

// The disk is a file of a file system that clones a file at one moment. A clone has what was on the disk then, and nothing that
// was only in the system's memory: what a power failure leaves.
const shelf = makeLoopMount("btrfs", 1_024);
const disk = shelf && makeLoopMount("ext4", 256, shelf.path);
const missing = disk ? "" : " (left out: needs root, btrfs-progs, e2fsprogs and loop devices)";
if (!disk) {
  process.stdout.write(`Power failures${missing}\n`);
  // Nothing is called afterwards where all tests are left out.
  shelf?.remove();
}

const clients = 32;
const rounds = 8;
/** Printed when the test fails, for the same moments to be tried again. */
const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);

afterAll(() => {
  disk?.remove();
  shelf?.remove();
});

/** What is on a disk at this moment is what `putBack` mounts in its place. */
function cutPower({ image, path }: LoopMount) {
  const left = `${image}.left`;
  execFileSync("cp", ["--reflink=always", image, left]);
  const putBack = () => {
    execFileSync("umount", [path]);
    execFileSync("mv", [left, image]);
    execFileSync("mount", ["-o", "loop", image, path]);
  };
  return { putBack };
}

describe.runIf(disk)(`a machine whose power fails${missing}`, () => {
  it(`has every acknowledged message when it is switched on again (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const sqs = await startFaultySqs();
    const { queueUrl: nobody } = await queueToCome();
    // Folders that are not there yet can be lost as files can.
    const spool = join(disk?.path ?? "", "new/folders/spool");
    const acknowledged: number[] = [];
    let number = 0;

    for (let round = 0; round < rounds; round += 1) {
      const postern = await startPostern(spool, round % 2 === 0 ? nobody : sqs.queueUrl);
      const http = await postern.address();
      let isOn = true;
      const first = Promise.withResolvers<void>();
      const load = Array.from({ length: clients }, async () => {
        while (isOn) {
          number += 1;
          const mine = number;
          const status = await statusOfPost(http, mine).catch(() => undefined);
          if (!isOn) return;
          expect(status).toBe(200);
          acknowledged.push(mine);
          first.resolve();
        }
      });
      await first.promise;
      if (round > 0) await wait(random() * 900);
      isOn = false;
      const power = cutPower(disk as LoopMount);
      postern.child.kill("SIGKILL");
      await postern.ended;
      await Promise.all(load);
      await postern.remove();
      power.putBack();
    }

    const last = await startPostern(spool, sqs.queueUrl);
    await last.address();
    await expect.poll(() => missingFrom(sqs, acknowledged), { timeout: 60_000, interval: 250 }).toEqual([]);
    expect(await last.stop()).toBe(0);
    // Else it proved nothing.
    expect(acknowledged.length).toBeGreaterThan(rounds * clients);
    await sqs.stop();
  });
});
