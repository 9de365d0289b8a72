import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type FaultySqs, startFaultySqs } from "../support/faulty-sqs.ts";
import { spawnPostern } from "../support/postern-process.ts";

const mount = mkdtempSync(join(tmpdir(), "postern-disk-"));
const mounted = mountTmpfs();
const env = { AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any", AWS_REGION: "us-east-1" };

afterAll(() => {
  if (mounted) execFileSync("umount", [mount]);
  rmdirSync(mount);
});

/** Only root may mount. */
function mountTmpfs(): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "postern-test", mount], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
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

describe("a spool whose disk is full", () => {
  it.skipIf(!mounted)(
    "answers 503, loses nothing and goes on by itself, here on a tmpfs of 24 MiB (needs root)",
    async () => {
      let sqs: FaultySqs | undefined = await startFaultySqs();
      const { port } = new URL(sqs.endpoint);
      const { queueUrl } = sqs;
      await sqs.stop();
      sqs = undefined;
      const postern = await spawnPostern({
        args: [
          "serve",
          "--http",
          "127.0.0.1:0",
          "--scgi",
          "off",
          "--spool",
          join(mount, "spool"),
          "--queue-url",
          queueUrl,
          "--log-level",
          "fatal",
        ],
        env,
      });
      const http = (await postern.ready)[0]?.slice("listening on ".length) ?? "";

      const { acknowledged, refusal, body } = await fill(http, 0);
      expect(acknowledged.length).toBeGreaterThan(1_000);
      expect(refusal?.status).toBe(503);
      expect(refusal?.headers.get("retry-after")).toMatch(/^\d+$/);
      expect(body).toContain("queue_unavailable");
      expect((await fetch(`${http}/health`)).status).toBe(503);

      // The queue is back, on the address that it had.
      sqs = await startFaultySqs({ port: Number(port) });
      const { stored } = sqs;
      await expect
        .poll(
          async () => (await fetch(`${http}/message`, { method: "POST", body: upload(1_000_000) })).status,
          {
            timeout: 60_000,
            interval: 500,
          },
        )
        .toBe(200);
      const missing = () => {
        const names = new Set(stored.map((message) => Number.parseInt(JSON.parse(message).data.name, 10)));
        return [...acknowledged, 1_000_000].filter((number) => !names.has(number));
      };
      await expect.poll(missing, { timeout: 60_000, interval: 500 }).toEqual([]);
      expect((await fetch(`${http}/health`)).status).toBe(200);
      postern.child.kill("SIGTERM");
      expect((await postern.ended).code).toBe(0);
      await sqs.stop();
      await postern.remove();
      rmSync(join(mount, "spool"), { recursive: true });
    },
  );

  it.skipIf(!mounted)(
    "says so where there is not even room to open it, and starts once there is",
    async () => {
      const spool = join(mount, "spool");
      const start = () => {
        const flags = ["--http", "127.0.0.1:0", "--scgi", "off", "--spool", spool];
        return spawnPostern({
          args: ["serve", ...flags, "--queue-url", "http://127.0.0.1:1/0/nosuch", "--log-level", "fatal"],
          env,
        });
      };
      const first = await start();
      await first.ready;
      first.child.kill("SIGTERM");
      await first.ended;
      await first.remove();
      // As another program does that takes whatever room there is, what the spool had kept for itself included.
      rmSync(join(spool, "ballast"));
      expect(() => writeFileSync(join(mount, "other"), Buffer.alloc(32 * 1_048_576))).toThrow(/ENOSPC/);

      const second = await start();
      expect(await second.ended).toMatchObject({
        code: 1,
        stderr: `postern: cannot open the spool in ${spool}: the disk of the spool is full\n`,
      });
      await second.remove();
      rmSync(join(mount, "other"));
      const third = await start();
      await third.ready;
      await third.remove();
      rmSync(spool, { recursive: true });
    },
  );
});
