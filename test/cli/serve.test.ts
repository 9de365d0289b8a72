import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { parseMessage } from "../../lib/message/parse-message.ts";
import { embeddedNotice } from "../../lib/program/queue/queue-location.ts";
import { nginxEnviron, scgiExchange } from "../contract/scgi-client.ts";
import { connectTo, sendTo } from "../server/raw-client.ts";
import { startFaultySqs } from "../support/faulty-sqs.ts";
import {
  anyCredentials,
  type PosternProcess,
  type SpawnOptions,
  spawnPostern,
} from "../support/postern-process.ts";
import { receiveAll } from "../support/receive-all.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const anyPorts = ["--http", "127.0.0.1:0", "--embedded-port", "0"];
const upload = JSON.stringify({
  callsign: "M0ZDR",
  type: "LISTENER_INFO",
  time_created: 1_295_103_600,
  time_uploaded: 1_295_103_605,
  data: { name: "Adam" },
});

const started: PosternProcess[] = [];
afterEach(async () => {
  for (const postern of started.splice(0)) await postern.remove();
});

async function postern(options: SpawnOptions): Promise<PosternProcess> {
  const process = await spawnPostern(options);
  started.push(process);
  return process;
}

const serve = (...args: string[]) => postern({ args: ["serve", ...args] });

function queueOf(lines: readonly string[]) {
  const queueUrl = lines.find((line) => line.startsWith("queue "))?.slice("queue ".length) ?? "";
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  return {
    queueUrl,
    client: new SQSClient({ endpoint: new URL(queueUrl).origin, region: "us-east-1", credentials }),
  };
}

describe("postern serve", () => {
  it("says where it listens, takes messages by HTTP and SCGI, and stops with exit code 0", async () => {
    const program = await serve(...anyPorts);
    const lines = await program.ready;
    expect(lines).toEqual([
      expect.stringMatching(/^listening on http:\/\/127\.0\.0\.1:\d+$/),
      `listening on scgi+unix:${program.directory}/.postern/scgi.sock`,
      expect.stringMatching(/^queue http:\/\/127\.0\.0\.1:\d+\/000000000000\/postern$/),
    ]);
    if (process.platform === "linux") {
      expect(await readFile(`/proc/${program.child.pid}/comm`, "utf8")).toBe("postern\n");
    }
    const http = await fetch(`${lines[0]?.slice("listening on ".length)}/message`, {
      method: "POST",
      body: upload,
    });
    expect([http.status, await http.text()]).toEqual([200, "OK"]);
    const request = {
      method: "POST",
      target: "/message",
      headers: [],
      body: Buffer.from(upload.replace("Adam", "Eve")),
    };
    const scgi = await scgiExchange(
      join(program.directory, ".postern/scgi.sock"),
      nginxEnviron(request, "2001:DB8::1"),
      request.body,
    );
    expect([scgi.status, scgi.body]).toEqual([200, "OK"]);

    const { client, queueUrl } = queueOf(lines);
    const received: string[] = [];
    // The spool forwards on its own time.
    await expect
      .poll(
        async () => {
          for (const { Body } of await receiveAll(client, queueUrl)) {
            const { source, data } = parseMessage(Body ?? "");
            received.push(`${JSON.stringify(data)} from ${source.ip}`);
          }
          return received.toSorted();
        },
        { timeout: 5_000 },
      )
      .toEqual(['{"name":"Adam"} from 127.0.0.1', '{"name":"Eve"} from 2001:db8::1']);

    program.child.kill("SIGTERM");
    const { code, stderr } = await program.ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/warning/i);
    expect(stderr).toMatch(new RegExp(`"level":"info".*${embeddedNotice}`));
    expect(stderr).not.toContain("Adam");
  });

  it("keeps the embedded queue between runs", async () => {
    const first = await serve(...anyPorts);
    const [http] = await first.ready;
    await fetch(`${http?.slice("listening on ".length)}/message`, { method: "POST", body: upload });
    first.child.kill("SIGINT");
    expect((await first.ended).code).toBe(0);

    const second = await postern({ args: ["serve", ...anyPorts], directory: first.directory });
    const { client, queueUrl } = queueOf(await second.ready);
    await expect.poll(async () => (await receiveAll(client, queueUrl)).length, { timeout: 5_000 }).toBe(1);
  });

  it("answers 504 once the queue has not answered for --queue-timeout", async () => {
    await using resources = new AsyncDisposableStack();
    const hanging = await startFaultySqs({ call: ["hang"] });
    resources.defer(() => hanging.stop());
    const program = await postern({
      args: [
        ...["serve", "--http", "127.0.0.1:0", "--scgi", "off"],
        ...["--queue-url", hanging.queueUrl, "--spool", "off", "--queue-timeout", "1"],
      ],
      env: anyCredentials,
    });
    const [http] = await program.ready;
    const { status } = await fetch(`${http?.slice("listening on ".length)}/message`, {
      method: "POST",
      body: upload,
      // Before the five seconds that it would wait by default.
      signal: AbortSignal.timeout(4_000),
    });
    expect(status).toBe(504);
    program.child.kill("SIGTERM");
    expect((await program.ended).stderr).not.toContain(embeddedNotice);
  });

  it("answers 408 to what has not arrived whole within --timeout", async () => {
    const { ready } = await serve(...anyPorts, "--timeout", "0.2");
    const [http = ""] = await ready;
    const half = `POST /message HTTP/1.1\r\nHost: h\r\nContent-Length: ${2 * upload.length}\r\n\r\n${upload}`;
    expect(await sendTo(http.slice("listening on ".length), half)).toMatch(
      /^HTTP\/1\.1 408 .*did not arrive whole within 0\.2 seconds/s,
    );
  });

  it.each([
    [["--htp", "x"], /^postern: unknown option '--htp'\n\(Did you mean --http\?\)/],
    [["--timeout"], /^postern: option '--timeout <SECONDS>' argument missing/],
    [["extra"], /^postern: too many arguments/],
    [["--http", "nowhere"], /^postern: --http: expected HOST:PORT, or off, got "nowhere"$/m],
    [
      ["--http", "off", "--scgi", "off"],
      /^postern: --http and --scgi are both off: there would be no way in$/m,
    ],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await (await serve(...args)).ended;
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("what stands in the way is one line", () => {
  async function refusal(...args: string[]): Promise<string> {
    const { code, stderr, stdout } = await (await serve(...args)).ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    return stderr;
  }

  it("a port in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    expect(await refusal("--embedded-port", "0", "--http", `127.0.0.1:${port}`)).toBe(
      `postern: port ${port} on 127.0.0.1 is in use\n`,
    );
    expect(await refusal("--http", "127.0.0.1:0", "--embedded-port", String(port))).toContain(
      `port ${port} on 127.0.0.1 is in use`,
    );
    other.close();
  });

  it("another program with the same embedded queue", async () => {
    const args = ["serve", "--embedded-port", "0", "--scgi", "off", "--http", "127.0.0.1:0"];
    const { directory, ready } = await postern({ args });
    await ready;
    const { ended } = await postern({ args: [...args, "--spool", "other"], directory });
    expect(await ended).toMatchObject({
      code: 1,
      stderr: "postern: cannot open the embedded queue in .postern/queue: another program has it open\n",
    });
  });

  it("a folder for the embedded queue that cannot be made", async () => {
    using folder = temporaryDirectory();
    const directory = folder.path;
    await writeFile(join(directory, ".postern"), "precious");
    const reason = "cannot open the embedded queue in \\.postern/queue: ENOTDIR: .*";
    const { ended } = await postern({ args: ["serve", ...anyPorts], directory });
    expect(await ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`^postern: ${reason}\n$`)),
    });
    const check = await postern({ args: ["check", ...anyPorts], directory });
    expect((await check.ended).stdout).toMatch(new RegExp(`^wrong {2}queue: ${reason}$`, "m"));
  });

  it("a queue that cannot be reached, without a spool", async () => {
    const { ended } = await postern({
      args: [
        "serve",
        "--http",
        "127.0.0.1:0",
        "--spool",
        "off",
        "--queue-url",
        "http://127.0.0.1:1/000000000000/postern",
      ],
      env: anyCredentials,
    });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^postern: cannot reach the queue http:\/\/127\.0\.0\.1:1\/000000000000\/postern: .*ECONNREFUSED.*\n$/,
    );
  });

  it("a socket path that is no socket", async () => {
    using folder = temporaryDirectory();
    const directory = folder.path;
    await writeFile(join(directory, "file"), "precious");
    const args = ["serve", ...anyPorts, "--scgi", "unix:file"];
    const { code, stderr } = await (await postern({ args, directory })).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^postern: .*file is not a socket.*\n$/);
  });
});

describe("postern check", () => {
  it("says of each thing that it is well, starts nothing and leaves nothing behind", async () => {
    const log = ["--statistics-log", "statistics.log"];
    const { ended, directory } = await postern({ args: ["check", ...anyPorts, ...log] });
    const { code, stdout } = await ended;
    expect(stdout.split("\n")).toEqual([
      "ok     settings",
      expect.stringMatching(
        /^ok {5}queue: http:.*\/postern, standard, messages up to 1048576 bytes; no QUEUE_URL is set: .*$/,
      ),
      expect.stringMatching(/^ok {5}spool: \.postern\/spool, \d+ bytes free$/),
      expect.stringMatching(/^ok {5}listeners: http:\/\/127\.0\.0\.1:\d+, scgi\+unix:.*scgi\.sock$/),
      "ok     statistics log: statistics.log",
      "",
    ]);
    expect(code).toBe(0);
    expect(await readdir(directory)).toEqual([]);
  });

  it("finds well what a Postern has that runs, and leaves it as it is", async () => {
    const ways = ["--scgi", "unix:scgi.sock", "--scgi", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
    const running = await serve(...anyPorts, ...ways);
    const { directory } = running;
    const [http = "", unix = "", scgi = "", admin = "", queue = ""] = (await running.ready).map(
      (line) => line.split(" ").at(-1) ?? "",
    );
    const at = (url: string) => new URL(url.replace("scgi:", "http:")).host;
    const args = [
      ...[
        "check",
        "--http",
        at(http),
        "--scgi",
        "unix:./scgi.sock",
        "--scgi",
        at(scgi),
        "--admin",
        at(admin),
      ],
      ...["--embedded-port", new URL(queue).port],
    ];
    const { code, stdout } = await (await postern({ args, directory })).ended;
    const note = "(a running Postern uses it)";
    expect(stdout.split("\n")).toEqual([
      "ok     settings",
      `ok     queue: ${queue}, standard, messages up to 1048576 bytes ${note}; ${embeddedNotice}`,
      expect.stringMatching(
        /^ok {5}spool: \.postern\/spool \(a running Postern uses it\), 0 messages waiting, \d+ bytes free$/,
      ),
      `ok     listeners: ${[http, unix, scgi, admin].map((address) => `${address} ${note}`).join(", ")}`,
      "",
    ]);
    expect(code).toBe(0);

    const elsewhere = ["check", ...anyPorts, "--scgi", "off"];
    expect((await (await postern({ args: elsewhere, directory })).ended).code).toBe(0);
    const answer = await fetch(`${http}/message`, { method: "POST", body: upload });
    expect(await answer.text()).toBe("OK");
  });

  it("says what is wrong, each in one line, and goes on to the next", async () => {
    // A web server in front of a Postern passes on what that says, and is none.
    const other = createHttpServer((_, response) => {
      response.writeHead(200, { server: "nginx", "x-request-id": "4f1d9c0b7a2e-1k" }).end();
    }).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { ended, directory } = await postern({
      args: [
        ...["check", "--http", `127.0.0.1:${port}`],
        ...["--queue-url", "http://127.0.0.1:1/000000000000/nosuch"],
        ...["--spool", "/dev/null/spool", "--statistics-log", "no/such/file"],
      ],
      env: { ...anyCredentials, POSTERN_TIMOUT: "9" },
    });
    const { code, stdout } = await ended;
    other.close();
    expect(stdout.split("\n")).toEqual([
      "wrong  settings: ignored, since no setting has this name: POSTERN_TIMOUT",
      expect.stringMatching(/^wrong {2}queue: cannot reach the queue http:.*nosuch.*ECONNREFUSED/),
      expect.stringMatching(/^wrong {2}spool: \/dev\/null\/spool: ENOTDIR: /),
      `wrong  listeners: port ${port} on 127.0.0.1 is in use`,
      expect.stringMatching(
        /^wrong {2}statistics log: the statistics log \S+ cannot be opened: there is no such folder/,
      ),
      "",
    ]);
    expect(code).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  it("finds wrong what the log would warn of in a queue that can be used", async () => {
    const queueName = "postern.fifo";
    const sqs = await startFaultySqs({ queueName, attributes: { FifoQueue: "true" } });
    const args = ["check", ...anyPorts, "--scgi", "off", "--queue-url", sqs.queueUrl];
    const lines = async (...more: readonly string[]) => {
      const { ended } = await postern({ args: [...args, ...more], env: anyCredentials });
      const { code, stdout } = await ended;
      return [code, stdout.split("\n")[1]];
    };
    const mixes =
      "the queue drops a message under a key that another callsign has used in the last five minutes; ";
    expect(await lines()).toEqual([
      1,
      expect.stringContaining(`, FIFO, messages up to 1048576 bytes; ${mixes}`),
    ]);
    const forgets =
      "; with --remember below 5m another message may be accepted under a key that the FIFO queue still knows";
    expect(await lines("--remember", "4m")).toEqual([
      1,
      expect.stringMatching(`^wrong  queue: .*${forgets}`),
    ]);
    expect(await lines("--remember", "4m", "--spool", "off")).toEqual([
      1,
      expect.not.stringContaining(forgets),
    ]);
    await sqs.stop();
    const apart = { FifoQueue: "true", DeduplicationScope: "messageGroup" };
    const mended = await startFaultySqs({
      port: Number(new URL(sqs.endpoint).port),
      queueName,
      attributes: apart,
    });
    expect(await lines()).toEqual([
      0,
      expect.stringMatching(/^ok {5}queue: .*, FIFO, messages up to 1048576 bytes$/),
    ]);
    await mended.stop();
  });

  it("says of the embedded queue's port that another program has it", async () => {
    const running = await serve(...anyPorts);
    await running.ready;
    const other = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const args = ["check", "--http", "off", "--embedded-port", String(port)];
    for (const directory of [running.directory, undefined]) {
      const beside = await postern({ args, ...(directory === undefined ? {} : { directory }) });
      const { code, stdout } = await beside.ended;
      expect(stdout).toMatch(`wrong  queue: the embedded queue's port ${port} on 127.0.0.1 is in use; `);
      expect(code).toBe(1);
    }
    other.close();
  });
});

it("postern check calls a spool well only if it can be opened, and says what waits in it", async () => {
  const args = ["check", "--http", "off", "--embedded-port", "0"];
  const program = await serve(...anyPorts);
  await program.ready;
  program.child.kill("SIGTERM");
  await program.ended;
  const { directory } = program;
  const files = await readdir(directory, { recursive: true });
  const whole = await (await postern({ args, directory })).ended;
  expect(whole.stdout).toMatch(/^ok {5}spool: \.postern\/spool, 0 messages waiting, \d+ bytes free$/m);
  expect((await readdir(directory, { recursive: true })).toSorted()).toEqual(files.toSorted());
  await writeFile(join(directory, ".postern/spool/spool.db"), "x".repeat(9_000));
  const damaged = await (await postern({ args, directory })).ended;
  expect(damaged).toMatchObject({ code: 1 });
  expect(damaged.stdout).toMatch(
    /^wrong {2}spool: cannot open the spool in \.postern\/spool: .*not a database$/m,
  );
});

it("ends within its timeout, although a client is stuck and the queue does not answer", async () => {
  await using resources = new AsyncDisposableStack();
  const hanging = await startFaultySqs({ call: ["hang"] });
  resources.defer(() => hanging.stop());
  const flags = ["--timeout", "3", "--http", "127.0.0.1:0", "--scgi", "off", "--queue-url", hanging.queueUrl];
  const program = await postern({ args: ["serve", ...flags], env: anyCredentials });
  const http = (await program.ready)[0]?.slice("listening on ".length) ?? "";
  const { status } = await fetch(`${http}/message`, { method: "POST", body: upload });
  expect(status).toBe(200);
  await expect.poll(() => hanging.calls.length).toBeGreaterThan(0);
  const stuck = await connectTo(http);
  resources.defer(() => void stuck.socket.destroy());
  stuck.socket.write("POST /message HTTP/1.1\r\n");
  const began = performance.now();
  program.child.kill("SIGTERM");
  expect((await program.ended).code).toBe(0);
  // The two seconds that calls to the queue are given otherwise do not come on top.
  expect(performance.now() - began).toBeLessThan(4_500);
});

it.skipIf(process.platform !== "linux")("what cannot be written for a full disk is said to be so", () => {
  const main = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));
  const command = ["-c", '"$0" "$1" --help > /dev/full', process.execPath, main];
  const { status, stderr } = spawnSync("sh", command, { encoding: "utf8" });
  expect(stderr).toMatch(/^postern: the output cannot be written: ENOSPC.*\n$/);
  expect(status).toBe(1);
});

it("help is written to whoever leaves before its end, and says nothing of that", async () => {
  const { child, ended } = await serve("--help");
  child.stdout.destroy();
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});
