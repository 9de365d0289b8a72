import { once } from "node:events";
import { readFile, rename } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type FaultySqs, startFaultySqs } from "../support/faulty-sqs.ts";
import { freePort } from "../support/free-port.ts";
import { anyCredentials, type PosternProcess, spawnPostern } from "../support/postern-process.ts";

const upload = JSON.stringify({
  callsign: "M0ZDR",
  type: "LISTENER_INFO",
  time_created: 1_295_103_600,
  time_uploaded: 1_295_103_605,
  data: { name: "a secret of the payload" },
});

let queue: FaultySqs;
beforeAll(async () => {
  queue = await startFaultySqs();
});
afterAll(() => queue.stop());

let postern: PosternProcess | undefined;
afterEach(async () => {
  await postern?.remove();
  postern = undefined;
});

/** @returns what it listens on by HTTP, that of `--admin` last */
async function serve(...args: string[]): Promise<readonly string[]> {
  const common = ["serve", "--http", "127.0.0.1:0", "--queue-url", queue.queueUrl];
  postern = await spawnPostern({ args: [...common, ...args], env: anyCredentials });
  const lines = await postern.ready;
  return lines.flatMap((line) => /^listening on (http:.*)$/.exec(line)?.[1] ?? []);
}

const post = (http: string | undefined, body = upload) => fetch(`${http}/message`, { method: "POST", body });

describe("the story of one request", () => {
  it("has one id in the response, the log and the statistics, and nothing of the payload", async () => {
    const [http] = await serve("--statistics-log", "statistics.log");
    const response = await post(http);
    const id = response.headers.get("x-request-id");
    expect(response.headers.get("server-timing")).toMatch(
      /^read;dur=[\d.]+, parsed;dur=[\d.]+, validated;dur=[\d.]+, durable;dur=[\d.]+$/,
    );
    postern?.child.kill("SIGTERM");
    const { stderr } = (await postern?.ended) ?? { stderr: "" };
    const logged = stderr
      .split("\n")
      .filter((line) => line.includes('"request"'))
      .map((line) => JSON.parse(line));
    expect(logged).toMatchObject([{ id, status: 200, path: "/message", transport: "http" }]);
    const statistics = await readFile(join(postern?.directory ?? "", "statistics.log"), "utf8");
    const [line, ...more] = statistics
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect(more).toEqual([]);
    expect(line).toMatchObject({ id, status: 200, outcome: "answered" });
    expect(Object.keys(line.phases)).toEqual([
      "read",
      "parsed",
      "validated",
      "durable",
      "answered",
      "closed",
    ]);
    expect(stderr + statistics).not.toContain("secret");
  });

  it.each(["SIGHUP", "SIGUSR1"] as const)(
    "goes on in a new file after logrotate has moved the old one: %s",
    async (signal) => {
      const [http] = await serve("--statistics-log", "statistics.log");
      const directory = postern?.directory ?? "";
      const lines = async (file: string) =>
        (await readFile(join(directory, file), "utf8").catch(() => "")).split("\n").length - 1;
      await (await post(http)).text();
      await expect.poll(() => lines("statistics.log")).toBe(1);
      await rename(join(directory, "statistics.log"), join(directory, "statistics.log.1"));
      postern?.child.kill(signal);
      await expect.poll(() => lines("statistics.log")).toBe(0);
      await (await post(http)).text();
      await expect
        .poll(async () => (await lines("statistics.log")) + (await lines("statistics.log.1")))
        .toBe(2);
      postern?.child.kill("SIGTERM");
      expect((await postern?.ended)?.stderr).not.toMatch(/debugger/i);
    },
  );

  it.skipIf(process.platform !== "linux")(
    "is told of in the log, once, where it cannot be written",
    async () => {
      const [http] = await serve("--statistics-log", "/dev/full");
      // More than are written together.
      for (let request = 0; request < 100; request += 1) expect((await post(http)).status).toBe(200);
      postern?.child.kill("SIGTERM");
      const { stderr } = (await postern?.ended) ?? {};
      expect(
        stderr?.match(/"reason":"its disk is full","msg":"lines of the statistics log are lost"/g),
      ).toHaveLength(1);
    },
  );

  it("is summed up by postern stats", async () => {
    const [http] = await serve("--statistics-log", "statistics.log");
    for (const body of [upload, upload, "{}"]) await (await post(http, body)).text();
    const { hostname, port } = new URL(http ?? "");
    const silent = connect(Number(port), hostname);
    await once(silent, "connect");
    silent.destroy();
    postern?.child.kill("SIGTERM");
    await postern?.ended;
    const stats = await spawnPostern({
      args: ["stats", "statistics.log"],
      directory: postern?.directory ?? "",
    });
    const { code, stdout } = await stats.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^answered 200: 2 requests, milliseconds\n {2}phase +count +p50 +p90 +p99 +max\n {2}read +2( +\d+\.\d{3}){4}\n/,
    );
    expect(stdout).toMatch(/^answered 400: 1 request, /m);
    expect(stdout).toMatch(/^silent: 1 connection, milliseconds\n.*\n {2}closed +1 /m);
  });

  it("is told from any other file by postern stats", async () => {
    const statsOf = async (file: string) => {
      const stats = await spawnPostern({ args: ["stats", file] });
      const ended = await stats.ended;
      await stats.remove();
      return ended;
    };
    expect(await statsOf("/etc/passwd")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "postern: /etc/passwd is no statistics log: not one of its lines is understood\n",
    });
    expect(await statsOf("/dev/null")).toMatchObject({ code: 0, stdout: "no requests\n", stderr: "" });
  });

  it("is left out of the log by sampling only when all went well", async () => {
    const [http] = await serve("--log-sample", "0");
    for (const body of [upload, "{}"]) await (await post(http, body)).text();
    postern?.child.kill("SIGTERM");
    const { stderr } = (await postern?.ended) ?? { stderr: "" };
    const statuses = stderr
      .split("\n")
      .filter((line) => line.includes('"request"'))
      .map((line) => JSON.parse(line).status);
    expect(statuses).toEqual([400]);
  });
});

describe("health and metrics", () => {
  it("count what happened, with labels that clients cannot make up", async () => {
    const [http] = await serve();
    for (const body of [upload, upload, "{}"]) await (await post(http, body)).text();
    await (await fetch(`${http}/made-up/${"x".repeat(500)}`)).text();
    await expect
      .poll(async () => (await fetch(`${http}/metrics`)).text())
      .toMatch(/^postern_spool_messages 0$/m);
    const metrics = await (await fetch(`${http}/metrics`)).text();
    expect(metrics).toContain(
      'postern_requests_total{action="/message",transport="http",status="200",outcome="answered"} 2\n',
    );
    expect(metrics).toContain(
      'postern_requests_total{action="/message",transport="http",status="400",outcome="answered"} 1\n',
    );
    expect(metrics).toContain(
      'postern_requests_total{action="other",transport="http",status="404",outcome="answered"} 1\n',
    );
    expect(metrics).not.toContain("made-up");
    for (const name of [
      "phase_seconds",
      "batch_entries",
      "retries_total",
      "spool_bytes",
      "spool_oldest_seconds",
      "spool_set_aside",
      "connections",
    ]) {
      expect(metrics).toContain(`# TYPE postern_${name} `);
    }
    const health = await fetch(`${http}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ accepting: true, queue: "well", spool: { set_aside: 0 } });
  });

  it("tell what came of the messages of a request, and by which code it was told no", async () => {
    const [http] = await serve("--statistics-log", "statistics.log");
    const many = (body: string, headers = {}) => fetch(`${http}/messages`, { method: "POST", body, headers });
    const renamed = upload.replace("LISTENER_INFO", "NO_SUCH_TYPE");
    const other = upload.replace("secret", "second");
    expect((await many(`${upload}\n${upload}\n${other}\n${renamed}\nNaN`)).status).toBe(207);
    expect((await many(`${upload}\n${renamed}`, { prefer: "dry-run" })).status).toBe(207);
    expect((await post(http, "{")).status).toBe(400);
    await expect
      .poll(async () => (await fetch(`${http}/metrics`)).text())
      .toMatch(/^postern_problems_total\{code="invalid_json"\} 1$/m);
    const metrics = await (await fetch(`${http}/metrics`)).text();
    for (const [name, value] of Object.entries({
      'problems_total{code="invalid_message"}': 2,
      'results_total{outcome="accepted"}': 2,
      'results_total{outcome="duplicate"}': 1,
      'results_total{outcome="rejected"}': 2,
      'results_total{outcome="unknown"}': 0,
      spool_limit_bytes: 1_073_741_824,
    })) {
      expect(metrics.split("\n")).toContain(`postern_${name} ${value}`);
    }
    postern?.child.kill("SIGTERM");
    const { stderr } = (await postern?.ended) ?? { stderr: "" };
    const statistics = await readFile(join(postern?.directory ?? "", "statistics.log"), "utf8");
    const results = { accepted: 2, duplicate: 1, rejected: 2 };
    for (const [told, where] of [
      [stderr.split("\n").filter((line) => line.includes('"request"')), { in: expect.any(Number) }],
      [statistics.split("\n").filter((line) => line !== ""), { bytes_in: expect.any(Number) }],
    ] as const) {
      const lines = told.map((line) => JSON.parse(line));
      const ofStatus = (status: number) => lines.filter((line) => line.status === status);
      expect(ofStatus(207)).toEqual([
        expect.objectContaining({ reason: "invalid_message", results, ...where }),
        expect.not.objectContaining({ results: expect.anything() }),
      ]);
      expect(ofStatus(207)[1]).toMatchObject({ reason: "invalid_message" });
      expect(ofStatus(400)).toEqual([expect.objectContaining({ reason: "invalid_json" })]);
    }
  });

  it("are on no public address when they have one of their own", async () => {
    const [http, admin] = await serve("--admin", "127.0.0.1:0");
    expect(
      await Promise.all(["/health", "/metrics"].map(async (path) => (await fetch(`${http}${path}`)).status)),
    ).toEqual([404, 404]);
    expect(
      await Promise.all(["/health", "/metrics"].map(async (path) => (await fetch(`${admin}${path}`)).status)),
    ).toEqual([200, 200]);
    expect((await post(admin)).status).toBe(404);
  });

  it.each(["spool", "off"])("say by how much the clock is wrong, with --spool %s", async (spool) => {
    const port = await freePort();
    const before = await startFaultySqs({ port });
    const queue = ["--queue-url", before.queueUrl, "--spool", spool];
    const listen = ["--http", "127.0.0.1:0", "--scgi", "off"];
    postern = await spawnPostern({ args: ["serve", ...listen, ...queue], env: anyCredentials });
    const http = (await postern.ready)[0]?.slice("listening on ".length);
    // So that it is the answers to messages by which the program knows.
    await before.stop();
    const sqs = await startFaultySqs({ port, clockAhead: -7_200_000 });
    const check = await spawnPostern({
      args: ["check", ...listen, ...queue.slice(0, 2)],
      env: anyCredentials,
    });
    const { code, stdout } = await check.ended;
    await check.remove();
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        /^wrong {2}queue: .*; this machine's clock is 7\d{3} s ahead of the queue's, and the times of all messages are wrong by as much$/m,
      ),
    ]);
    expect(await (await fetch(`${http}/metrics`)).text()).toMatch(/^postern_clock_error_seconds 0$/m);
    expect((await post(http)).status).toBe(200);
    await expect
      .poll(async () => (await fetch(`${http}/metrics`)).text())
      .toMatch(/^postern_clock_error_seconds 7\d{3}/m);
    postern.child.kill("SIGTERM");
    const { stderr } = await postern.ended;
    expect(stderr).toMatch(/"level":"warn",.*"seconds_ahead":7\d{3},"msg":"this machine's clock differs/);
    await sqs.stop();
  });

  it("say that the queue is failing from a start on at which it was not there, until it is", async () => {
    const port = await freePort();
    const queueUrl = `http://127.0.0.1:${port}/000000000000/postern`;
    postern = await spawnPostern({
      args: ["serve", "--http", "127.0.0.1:0", "--queue-url", queueUrl],
      env: anyCredentials,
    });
    const http = (await postern.ready)[0]?.replace("listening on ", "");
    const queue = await startFaultySqs({ port });
    const health = async () => (await fetch(`${http}/health`)).json();
    const failing = async () =>
      /^postern_queue_failing (\d)$/m.exec(await (await fetch(`${http}/metrics`)).text())?.[1];
    expect(await failing()).toBe("1");
    // Whoever wants to know has it asked again.
    await expect.poll(health).toMatchObject({ accepting: true, queue: "well" });
    expect(await failing()).toBe("0");
    await queue.stop();
  });

  it.each([
    ["may not be asked", { attributes: null, call: ["denied"] }, "well", "well"],
    ["cannot answer, but takes messages", { attributes: null, call: ["error"] }, "failing", "failing"],
  ] as const)("say of a queue that %s what is known of it", async (_, faults, before, after) => {
    const queue = await startFaultySqs(faults);
    postern = await spawnPostern({
      args: ["serve", "--http", "127.0.0.1:0", "--queue-url", queue.queueUrl],
      env: anyCredentials,
    });
    const http = (await postern.ready)[0]?.replace("listening on ", "");
    const health = async () => (await fetch(`${http}/health`)).json();
    expect(await health()).toMatchObject({ queue: before });
    expect(await health()).toMatchObject({ queue: after });
    await queue.stop();
  });

  it("say 503 while the spool is full, as the messages' senders are told", async () => {
    // Nobody is at the queue, so nothing drains.
    postern = await spawnPostern({
      args: [
        "serve",
        "--http",
        "127.0.0.1:0",
        "--spool-limit",
        "2KiB",
        "--queue-url",
        "http://127.0.0.1:1/000000000000/postern",
      ],
      env: anyCredentials,
    });
    const http = (await postern.ready)[0]?.slice("listening on ".length);
    const statuses: number[] = [];
    let last: Response | undefined;
    for (let number = 0; number < 30 && statuses.at(-1) !== 503; number += 1) {
      last = await post(http, upload.replace("1295103600", String(1_295_103_600 + number)));
      statuses.push(last.status);
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(2);
    expect(last?.status).toBe(503);
    expect(last?.headers.get("retry-after")).toMatch(/^\d+$/);
    const health = async () => {
      const response = await fetch(`${http}/health`);
      return { status: response.status, ...((await response.json()) as object) };
    };
    await expect.poll(health, { timeout: 10_000 }).toMatchObject({
      status: 503,
      accepting: false,
      queue: "failing",
      spool: { messages: statuses.length - 1 },
    });
  });
});
