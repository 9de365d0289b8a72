import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { nginxEnviron, scgiExchange } from "../contract/scgi-client.ts";
import { startFaultySqs } from "../support/faulty-sqs.ts";
import { anyCredentials, type PosternProcess, spawnPostern } from "../support/postern-process.ts";
import { seededRandom } from "../support/random.ts";

const rounds = 10;
const clients = 32;
/** Printed when the test fails, for the same moments to be tried again. */
const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);

/** A queue that cannot be reached. */
const nobody = "http://127.0.0.1:1/000000000000/postern";

/** One upload, told from all others by its number. */
async function insert(socketPath: string, number: number): Promise<"stored" | "repeated" | "failed"> {
  const data = { name: String(number) };
  const upload = {
    callsign: `C${number % 7}`,
    type: "LISTENER_INFO",
    time_created: number,
    time_uploaded: number,
    data,
  };
  const body = Buffer.from(JSON.stringify(upload));
  const environ = nginxEnviron({ method: "POST", target: "/message", headers: [], body }, "2.7.5.8");
  const { status, headers } = await scgiExchange(socketPath, environ, body);
  if (status !== 200) return "failed";
  return headers.get("idempotent-replayed") === "true" ? "repeated" : "stored";
}

async function start(directory: string, queueUrl: string): Promise<PosternProcess> {
  const args = ["serve", "--http", "off", "--queue-url", queueUrl, "--log-level", "fatal"];
  const postern = await spawnPostern({ args, env: anyCredentials, directory });
  await postern.ready;
  return postern;
}

async function stop(postern: PosternProcess): Promise<void> {
  postern.child.kill("SIGTERM");
  expect((await postern.ended).code).toBe(0);
}

function waitingIn(directory: string): unknown {
  using database = new DatabaseSync(join(directory, ".postern/spool/spool.db"), { readOnly: true });
  return database.prepare("SELECT count(*) AS messages FROM waiting").get()?.["messages"];
}

it(`loses and doubles no acknowledged message by SIGKILL at any moment, also while the queue is down (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  // In this process, so that it outlives the program; it fails now and then as SQS does.
  const sqs = await startFaultySqs({
    call: [...Array<"none">(6).fill("none"), "throttled", "error", "reset_stored"],
    seed,
  });
  const directory = await mkdtemp(join(tmpdir(), "postern-"));
  const socketPath = join(directory, ".postern/scgi.sock");
  const acknowledged = new Set<number>();
  let number = 0;

  for (let round = 0; round < rounds; round += 1) {
    // Every third round nobody is at the queue.
    const postern = await start(directory, round % 3 === 2 ? nobody : sqs.queueUrl);
    let alive = true;
    const load = Array.from({ length: clients }, async () => {
      while (alive) {
        number += 1;
        const mine = number;
        const outcome = await insert(socketPath, mine).catch(() => "failed");
        if (outcome !== "failed") acknowledged.add(mine);
      }
    });
    await wait(100 + random() * 900);
    postern.child.kill("SIGKILL");
    await postern.ended;
    alive = false;
    await Promise.all(load);
  }

  const last = await start(directory, sqs.queueUrl);
  const missing = () => {
    const stored = new Set(sqs.stored.map((body) => Number(JSON.parse(body).data.name)));
    return [...acknowledged].filter((sent) => !stored.has(sent));
  };
  await expect.poll(missing, { timeout: 60_000, interval: 250 }).toEqual([]);
  await stop(last);

  // Whoever sends again what was acknowledged is told so, and it is not stored again.
  const waiting = waitingIn(directory);
  const repeating = await start(directory, nobody);
  const again = [...acknowledged];
  const repeats = Array.from({ length: clients }, async (_, client) => {
    for (let index = client; index < again.length; index += clients) {
      expect(await insert(socketPath, again[index] ?? 0)).toBe("repeated");
    }
  });
  await Promise.all(repeats);
  await stop(repeating);
  expect(waitingIn(directory)).toBe(waiting);
  // Else it proved nothing.
  expect(acknowledged.size).toBeGreaterThan(rounds * clients);
  await sqs.stop();
  await rm(directory, { recursive: true });
});
