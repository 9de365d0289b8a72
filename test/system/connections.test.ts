import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nginxEnviron, scgiExchange } from "../contract/scgi-client.ts";
import { type PosternProcess, spawnPostern } from "../support/postern-process.ts";

const idle = 10_000;
const hardLimit = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
const enough = hardLimit === "unlimited" || Number(hardLimit) > idle + 1_000;

let postern: PosternProcess;
let socketPath: string;

beforeAll(async () => {
  postern = await spawnPostern({
    args: [
      "serve",
      ...["--http", "off", "--embedded-port", "0", "--timeout", "60", "--log-level", "fatal"],
      ...["--max-connections", `${idle}`],
    ],
  });
  await postern.ready;
  socketPath = join(postern.directory, ".postern/scgi.sock");
});
afterAll(() => postern.remove());

const descriptors = () => readdirSync(`/proc/${postern.child.pid}/fd`).length;

/** MiB. */
function resident({ child } = postern): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

const upload = Buffer.from(
  '{"callsign":"A","type":"LISTENER_INFO","time_created":1,"time_uploaded":1,"data":{}}',
);
const environ = nginxEnviron({ method: "POST", target: "/message", headers: [], body: upload }, "2.7.5.8");

/** Milliseconds that a good client waits at the median. */
async function median(requests: number): Promise<number> {
  const times: number[] = [];
  for (let request = 0; request < requests; request += 1) {
    const startedAt = performance.now();
    expect((await scgiExchange(socketPath, environ, upload)).status).toBe(200);
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(requests / 2)] ?? Number.NaN;
}

async function open(): Promise<Socket> {
  const socket = connect(socketPath);
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

async function inTurns(count: number, task: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, count - index) }, (_, offset) => task(index + offset)),
    );
  }
}

describe("the program, among connections that are no use", () => {
  it.skipIf(!enough)(
    `serves a good client as ever beside ${idle} idle ones, in bounded memory (needs ulimit -Hn above ${idle + 1_000})`,
    async () => {
      await median(200);
      const alone = await median(100);
      const before = { descriptors: descriptors(), resident: resident() };
      const sockets: Socket[] = [];
      // All but one of those that the door takes, so that the good client is within the cap.
      for (let left = idle - 10; left > 0; left -= 1_000) {
        await inTurns(Math.min(left, 1_000), async () => {
          sockets.push(await open());
        });
        // To connect is quicker than to accept: on a busy machine the kernel's backlog would be full.
        await expect
          .poll(descriptors, { timeout: 10_000 })
          .toBeGreaterThan(before.descriptors + sockets.length - 40);
      }
      expect(resident() - before.resident).toBeLessThan(100);
      // Generous, since machines are noisy: a client that had to wait for a scan of them all would be far above.
      expect(await median(100)).toBeLessThan(alone * 3 + 10);

      for (const socket of sockets) socket.destroy();
      await expect.poll(descriptors, { timeout: 20_000 }).toBeLessThan(before.descriptors + 20);
    },
  );

  it("keeps nothing of connections that die at any stage", async () => {
    const headers = environ.map(([name, value]) => `${name}\0${value}\0`).join("");
    const whole = Buffer.concat([Buffer.from(`${headers.length}:${headers},`), upload]);
    /** Bytes sent before the client is gone: none, within the netstring, within the body, all but nobody reads. */
    const stages = [0, 2, 40, whole.length - 20, whole.length];
    const die = async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        await inTurns(100, async (index) => {
          const socket = await open();
          const bytes = whole.subarray(0, stages[index % stages.length]);
          if (bytes.length > 0) await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
          socket.destroy();
        });
        // Behind them all: those that die are quicker than the program, which would leave the kernel's backlog full.
        expect((await scgiExchange(socketPath, environ, upload)).status).toBe(200);
      }
    };
    // Until it has what it keeps for good: code, pools, the spool's file, and a heap of the size that this takes. Growth ends
    // after some 20,000 connections.
    for (let round = 0; round < 15; round += 1) await die();
    const before = { descriptors: descriptors(), resident: resident() };
    for (let round = 0; round < 5; round += 1) await die();
    await expect.poll(descriptors, { timeout: 20_000 }).toBeLessThan(before.descriptors + 20);
    // 5,000 connections at as little as 4 KiB each would be 20 MiB.
    expect(resident() - before.resident).toBeLessThan(15);
    expect((await scgiExchange(socketPath, environ, upload)).status).toBe(200);
  });
});

describe("the cap on connections", () => {
  it("turns one more away at once with 503, and a stuck client does not delay the end past the deadline", async () => {
    const small = await spawnPostern({
      args: [
        "serve",
        "--http",
        "off",
        "--embedded-port",
        "0",
        "--max-connections",
        "3",
        "--timeout",
        "2",
        "--log-level",
        "fatal",
      ],
    });
    await small.ready;
    const path = join(small.directory, ".postern/scgi.sock");
    const stuck = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const socket = connect(path);
        socket.on("error", () => {});
        await once(socket, "connect");
        socket.write("100:CONTENT_LENGTH");
        return socket;
      }),
    );
    const startedAt = performance.now();
    const refused = await scgiExchange(path, environ, upload);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([
      503,
      expect.stringMatching(/^\d+$/),
    ]);
    small.child.kill("SIGTERM");
    expect((await small.ended).code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    for (const socket of stuck) socket.destroy();
    await small.remove();
  });
});

describe("the budget of bodies", () => {
  it("bounds the memory that 400 large uploads take which never end, keeps room for a message, and gives it back", async () => {
    const small = await spawnPostern({
      args: ["serve", "--embedded-port", "0", "--http", "127.0.0.1:0", "--timeout", "20"].concat([
        ...["--max-in-flight", "64MiB"],
        ...["--log-level", "fatal"],
      ]),
    });
    const [http = ""] = await small.ready;
    const path = join(small.directory, ".postern/scgi.sock");
    const { hostname, port } = new URL(http.slice("listening on ".length));
    const inFlight = async () => {
      const metrics = await (await fetch(`http://${hostname}:${port}/metrics`)).text();
      return Number(/^postern_in_flight_bytes (\d+)$/m.exec(metrics)?.[1]);
    };
    const message = { headers: [], body: Buffer.alloc(1_048_576), method: "POST", target: "/message" };
    const headers = nginxEnviron(message, "2.7.5.8")
      .map(([name, value]) => `${name}\0${value}\0`)
      .join("");
    const heads = {
      scgi: `${headers.length}:${headers},`,
      http: "POST /message HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n",
    };
    const allButTheEnd = Buffer.alloc(1_048_000, "x");
    const answers: string[] = [];
    const before = resident(small);
    const sockets = await Promise.all(
      Array.from({ length: 400 }, async (_, index) => {
        const socket = index % 2 === 0 ? connect(path) : connect(Number(port), hostname);
        socket.on("error", () => {});
        socket.once("data", (piece) => answers.push(String(piece)));
        await once(socket, "connect");
        socket.write(index % 2 === 0 ? heads.scgi : heads.http);
        await new Promise((written) => socket.write(allButTheEnd, written));
        return socket;
      }),
    );
    // 48 of them fit, and the rest is for small ones. On a busy machine some of the others are cut off before they have read why.
    await expect.poll(() => answers.length, { timeout: 10_000 }).toBeGreaterThan(200);
    expect(answers.every((answer) => /^(?:HTTP\/1\.1|Status:) 503 /.test(answer))).toBe(true);
    expect(await inFlight()).toBeLessThanOrEqual(64 * 2 ** 20);
    // Beside the bodies: a block for each connection, and what was thrown away and is not collected yet, which is as much
    // for 1,500 of them. Without the budget they would take more than 400.
    expect(resident(small) - before).toBeLessThan(64 + 25 + 160);
    expect((await scgiExchange(path, environ, upload)).status).toBe(200);

    for (const socket of sockets) socket.destroy();
    await expect.poll(inFlight, { timeout: 10_000 }).toBe(0);
    expect((await scgiExchange(path, environ, upload)).status).toBe(200);
    await small.remove();
  });
});
