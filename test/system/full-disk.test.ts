import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { trialWrite } from "../../lib/platform/trial-write.ts";
import { type FaultySqs, startFaultySqs } from "../support/faulty-sqs.ts";
import { spawnPostern } from "../support/postern-process.ts";

const mount = mkdtempSync(join(tmpdir(), "postern-disk-"));
const mounted = mountTmpfs("24m");
const spool = join(mount, "spool");
const other = join(mount, "other");
const env = { AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any", AWS_REGION: "us-east-1" };

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

function upload(number: number): string {
  const data = { name: `${number} ${"x".repeat(4_000)}` };
  return JSON.stringify({
    callsign: "A",
    type: "LISTENER_INFO",
    time_created: number,
    time_uploaded: number,
    data,
  });
}

/** A program whose spool is on that disk. */
async function startPostern(queueUrl: string) {
  const flags = ["--http", "127.0.0.1:0", "--scgi", "off", "--spool", spool, "--queue-url", queueUrl];
  const postern = await spawnPostern({ args: ["serve", ...flags, "--log-level", "fatal"], env });
  const address = async () => (await postern.ready)[0]?.slice("listening on ".length) ?? "";
  const stop = async () => {
    postern.child.kill("SIGTERM");
    const { code } = await postern.ended;
    await postern.remove();
    return code;
  };
  return { ...postern, address, stop };
}

/** As another program does that takes whatever room there is. */
function fillUp() {
  expect(() => writeFileSync(other, Buffer.alloc(32 * 1_048_576))).toThrow(/ENOSPC/);
}

/** A queue that cannot be reached yet. */
async function queueToCome() {
  const sqs = await startFaultySqs();
  const { queueUrl } = sqs;
  const port = Number(new URL(sqs.endpoint).port);
  await sqs.stop();
  return { queueUrl, come: () => startFaultySqs({ port }) };
}

async function statusOfPost(http: string, number: number): Promise<number> {
  return (await fetch(`${http}/message`, { method: "POST", body: upload(number) })).status;
}

function missingFrom({ stored }: FaultySqs, numbers: readonly number[]): readonly number[] {
  const names = new Set(stored.map((message) => Number.parseInt(JSON.parse(message).data.name, 10)));
  return numbers.filter((number) => !names.has(number));
}

/** Posts until the answer is not 200, and says which were acknowledged and what came instead. */
async function fill(http: string, from: number) {
  const acknowledged: number[] = [];
  for (let number = from; ; number += 16) {
    const batch = Array.from({ length: 16 }, (_, index) => number + index);
    const answers = await Promise.all(
      batch.map((name) => fetch(`${http}/message`, { method: "POST", body: upload(name) })),
    );
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    acknowledged.push(...batch.filter((_, index) => answers[index]?.status === 200));
    const refused = answers.findIndex(({ status }) => status !== 200);
    if (refused !== -1) return { acknowledged, refusal: answers[refused], body: bodies[refused] };
  }
}

const patience = { timeout: 60_000, interval: 500 };

describe.skipIf(!mounted)("a spool whose disk is full, here a tmpfs of 24 MiB (needs root)", () => {
  afterEach(() => {
    rmSync(spool, { recursive: true, force: true });
    rmSync(other, { force: true });
  });

  it("answers 503, loses nothing and goes on by itself", async () => {
    const queue = await queueToCome();
    const postern = await startPostern(queue.queueUrl);
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
    const first = await startPostern(queue.queueUrl);
    const { acknowledged } = await fill(await first.address(), 0);
    expect(await first.stop()).toBe(0);
    fillUp();

    const second = await startPostern(queue.queueUrl);
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
    const first = await startPostern(queueUrl);
    await first.address();
    await first.stop();
    rmSync(join(spool, "ballast"));
    fillUp();

    const second = await startPostern(queueUrl);
    expect(await second.ended).toMatchObject({
      code: 1,
      stderr: `postern: cannot open the spool in ${spool}: the disk of the spool is full\n`,
    });
    await second.remove();
    rmSync(other);
    const third = await startPostern(queueUrl);
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
    const postern = await startPostern(queue.queueUrl);
    expect(await statusOfPost(await postern.address(), 1)).toBe(200);
    expect(await postern.stop()).toBe(0);
  });
});
