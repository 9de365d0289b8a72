import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { parseMessage } from "../../lib/message/parse-message.ts";
import { nginxEnviron, scgiExchange } from "../contract/scgi-client.ts";
import { sendTo } from "../server/raw-client.ts";
import { startFaultySqs } from "../support/faulty-sqs.ts";
import { type PosternProcess, type SpawnOptions, spawnPostern } from "../support/postern-process.ts";
import { receiveAll } from "../support/receive-all.ts";

const anyPorts = ["--http", "127.0.0.1:0", "--embedded-port", "0"];
const upload = JSON.stringify({
  callsign: "M0ZDR",
  type: "LISTENER_INFO",
  time_created: 1_295_103_600,
  time_uploaded: 1_295_103_605,
  data: { name: "Adam" },
});

const env = { AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any", AWS_REGION: "us-east-1" };

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
    const { ready } = await postern({
      args: [
        ...["serve", "--http", "127.0.0.1:0", "--scgi", "off"],
        ...["--queue-url", hanging.queueUrl, "--spool", "off", "--queue-timeout", "0.2"],
      ],
      env,
    });
    const [http] = await ready;
    const { status } = await fetch(`${http?.slice("listening on ".length)}/message`, {
      method: "POST",
      body: upload,
      // Before the five seconds that it would wait by default.
      signal: AbortSignal.timeout(4_000),
    });
    expect(status).toBe(504);
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
    [["--htp", "x"], /unknown option '--htp'\n\(Did you mean --http\?\)/],
    [["--http", "nowhere"], /^postern: --http: expected HOST:PORT, or off, got "nowhere"$/m],
    [
      ["--scgi", "off", "--scgi", "tcp"],
      /^postern: --scgi: expected unix:PATH or HOST:PORT, or off, got "tcp"$/m,
    ],
    [
      ["--socket-mode", "999"],
      /^postern: --socket-mode: expected octal digits, for example 0660 or 660, got "999"$/m,
    ],
    [["--timeout", "0"], /^postern: --timeout: expected at least 0\.001 seconds, got "0"$/m],
    [["--max-body", "1MB"], /^postern: --max-body: expected a number of bytes/m],
    [
      ["--max-body", "3MiB", "--max-in-flight", "8MiB"],
      /^postern: --max-body 3MiB needs --max-in-flight to be at least three times as much, 9MiB; it is 8MiB$/m,
    ],
    [
      ["--http", "off", "--scgi", "off"],
      /^postern: --http and --scgi are both off: there would be no way in$/m,
    ],
    [
      ["--http", "127.0.0.1:8081", "--admin", "127.0.0.1:8081"],
      /^postern: --http and --admin are both 127\.0\.0\.1:8081: each needs an address of its own$/m,
    ],
    [
      ["--http", "127.0.0.1:8081", "--embedded-port", "8081"],
      /^postern: --http and --embedded-port are both 127\.0\.0\.1:8081: each needs an address of its own$/m,
    ],
    [
      ["--scgi", "unix:postern.sock", "--scgi", "unix:postern.sock"],
      /^postern: --scgi and --scgi are both unix:postern\.sock: each needs an address of its own$/m,
    ],
    [
      ["--scgi", "unix:x.sock", "--scgi", "unix:./x.sock"],
      /^postern: --scgi unix:x\.sock and --scgi unix:\.\/x\.sock overlap: each needs an address of its own$/m,
    ],
    [["--scgi", `unix:${"x".repeat(108)}`], /^postern: --scgi: \S+ is too long for a UNIX socket/m],
    [["--socket-group", "nogroupthere"], /^postern: --socket-group: there is no group nogroupthere/m],
    [["--max-connections", "0"], /^postern: --max-connections: expected a whole number from 1/m],
    [["--queue-url", "postern"], /^postern: --queue-url: expected an http or https URL, got "postern"$/m],
    [["--log-level", "loud"], /^postern: --log-level: expected one of trace/m],
    [["--timeout"], /option '--timeout <SECONDS>' argument missing/],
    [["extra"], /too many arguments/],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await (await serve(...args)).ended;
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
  });

  it("names the variable where that is what cannot be used", async () => {
    const { ended } = await postern({ args: ["serve"], env: { POSTERN_TIMEOUT: "soon" } });
    expect(await ended).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^postern: POSTERN_TIMEOUT \(--timeout\): expected a number of seconds.*"soon"$/m,
      ),
    });
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
    const program = await serve("--help");
    await program.ended;
    await writeFile(join(program.directory, ".postern"), "precious");
    const { ended } = await postern({ args: ["serve", ...anyPorts], directory: program.directory });
    expect(await ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^postern: cannot open the embedded queue in \.postern\/queue: ENOTDIR: .*\n$/,
      ),
    });
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
      env,
    });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^postern: cannot reach the queue http:\/\/127\.0\.0\.1:1\/000000000000\/postern: .*ECONNREFUSED.*\n$/,
    );
  });

  it("a socket path that is no socket", async () => {
    const program = await serve("--help");
    await program.ended;
    await writeFile(join(program.directory, "file"), "precious");
    const other = await postern({
      args: ["serve", ...anyPorts, "--scgi", "unix:file"],
      directory: program.directory,
    });
    const { code, stderr } = await other.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^postern: .*file is not a socket.*\n$/);
  });
});

describe("postern check", () => {
  it("says of each thing that it is well, and starts nothing", async () => {
    const { ended } = await postern({ args: ["check", ...anyPorts] });
    const { code, stdout } = await ended;
    expect(stdout.split("\n")).toEqual([
      "ok     settings",
      expect.stringMatching(/^ok {5}queue: http:.*\/postern, standard, messages up to 1048576 bytes$/),
      expect.stringMatching(/^ok {5}spool: \.postern\/spool, \d+ bytes free$/),
      expect.stringMatching(/^ok {5}listeners: http:\/\/127\.0\.0\.1:\d+, scgi\+unix:.*scgi\.sock$/),
      "",
    ]);
    expect(code).toBe(0);
  });

  it("says what is wrong, each in one line, and goes on to the next", async () => {
    const running = await serve(...anyPorts);
    const [http = ""] = await running.ready;
    const address = http.slice("listening on http://".length);
    const { ended } = await postern({
      args: [
        "check",
        "--http",
        address,
        "--queue-url",
        "http://127.0.0.1:1/000000000000/nosuch",
        "--statistics-log",
        "no/such/file",
      ],
      env: { ...env, POSTERN_TIMOUT: "9" },
      directory: running.directory,
    });
    const { code, stdout } = await ended;
    expect(stdout.split("\n")).toEqual([
      "wrong  settings: ignored, since no setting has this name: POSTERN_TIMOUT",
      expect.stringMatching(/^wrong {2}queue: cannot reach the queue http:.*nosuch.*ECONNREFUSED/),
      "wrong  spool: .postern/spool: another program has it open",
      `wrong  listeners: port ${address.split(":")[1]} on 127.0.0.1 is in use`,
      expect.stringMatching(/^wrong {2}statistics log: the statistics log cannot be opened: .*ENOENT/),
      "",
    ]);
    expect(code).toBe(1);
  });
});

it("postern check calls a spool well only if it can be opened, and says what waits in it", async () => {
  const args = ["check", "--http", "off", "--embedded-port", "0"];
  const program = await serve(...anyPorts);
  await program.ready;
  program.child.kill("SIGTERM");
  await program.ended;
  const { directory } = program;
  const whole = await (await postern({ args, directory })).ended;
  expect(whole.stdout).toMatch(/^ok {5}spool: \.postern\/spool, 0 messages waiting, \d+ bytes free$/m);
  await writeFile(join(directory, ".postern/spool/spool.db"), "x".repeat(9_000));
  const damaged = await (await postern({ args, directory })).ended;
  expect(damaged).toMatchObject({ code: 1 });
  expect(damaged.stdout).toMatch(
    /^wrong {2}spool: cannot open the spool in \.postern\/spool: .*not a database$/m,
  );
});

it.skipIf(process.platform !== "linux")("what cannot be written for a full disk is said to be so", () => {
  const main = new URL("../../lib/cli/main.ts", import.meta.url).pathname;
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
