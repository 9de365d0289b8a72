import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isInstalled, type RunningDaemon, startDaemon } from "../support/daemon.ts";
import { freePort } from "../support/free-port.ts";
import { listenerUpload } from "../support/messages.ts";
import { type PosternProcess, spawnPostern } from "../support/postern-process.ts";
import { certificateFile, serverCertificate } from "../support/tls/certificate.ts";

const program = "tinyproxy";
// On a machine that must have all, what is missing is a failure and no reason to leave out.
const isLeftOut = !isInstalled(program) && process.env["CI"] === undefined;
const missing = isLeftOut ? ` (left out: ${program} is not on this machine)` : "";

const flags = ["--http", "127.0.0.1:0", "--scgi", "off"];

/** A queue that is reached by TLS only, at an address that is none of loopback, through a proxy that wants a password. */
describe.skipIf(isLeftOut)(`with a queue behind ${program}${missing}`, () => {
  let directory: string;
  /** Its embedded queue is the one behind the proxy. */
  let upstream: PosternProcess;
  let queuePort: number;
  let queueUrl: string;
  let proxyPort: number;
  let proxy: RunningDaemon;
  const front = createServer(serverCertificate(), (client) => {
    const queue = connect(queuePort, "127.0.0.1");
    for (const socket of [client, queue]) socket.on("error", () => {});
    client.once("close", () => queue.destroy());
    queue.once("close", () => client.destroy());
    client.pipe(queue).pipe(client);
  });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "proxy-"));
    upstream = await spawnPostern({ args: ["serve", ...flags, "--embedded-port", "0", "--spool", "off"] });
    const lines = await upstream.ready;
    const embedded = new URL(lines.find((line) => line.startsWith("queue "))?.slice("queue ".length) ?? "");
    queuePort = Number(embedded.port);
    front.listen(0, "0.0.0.0");
    await once(front, "listening");
    queueUrl = `https://0.0.0.0:${(front.address() as AddressInfo).port}${embedded.pathname}`;
    proxyPort = await freePort();
    proxy = await startProxy();
  });
  afterAll(async () => {
    await proxy?.stop();
    await upstream?.remove();
    front.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function startProxy(): Promise<RunningDaemon> {
    const file = join(directory, "tinyproxy.conf");
    const lines = [
      `Port ${proxyPort}`,
      "Listen 127.0.0.1",
      "Timeout 60",
      "BasicAuth gateway secret",
      `LogFile "${directory}/log"`,
      "LogLevel Connect",
    ];
    await writeFile(file, `${lines.join("\n")}\n`);
    return await startDaemon({ program, arguments: ["-d", "-c", file], port: proxyPort });
  }

  /** @param password of the proxy */
  const environment = (password = "secret") => ({
    QUEUE_URL: queueUrl,
    HTTPS_PROXY: `http://gateway:${password}@127.0.0.1:${proxyPort}`,
    HTTP_PROXY: `http://gateway:${password}@127.0.0.1:${proxyPort}`,
    NODE_EXTRA_CA_CERTS: certificateFile,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "any",
    AWS_SECRET_ACCESS_KEY: "any",
  });

  /** Runs a command to its end. */
  async function run(args: readonly string[], env: Readonly<Record<string, string>> = environment()) {
    const command = await spawnPostern({ args, env });
    try {
      return await command.ended;
    } finally {
      await command.remove();
    }
  }

  /** Takes what is on the queue, through the proxy. */
  async function taken(count: number): Promise<readonly string[]> {
    const { stdout } = await run(["tail", "--remove", "--json", "--count", String(count), "--wait", "20"]);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).data.name)
      .sort();
  }

  async function post(gateway: PosternProcess, name: string): Promise<number> {
    const http = (await gateway.ready)[0]?.slice("listening on ".length);
    const body = JSON.stringify({ ...listenerUpload, data: { name } });
    return (await fetch(`${http}/message`, { method: "POST", body })).status;
  }

  it("messages get through it, and wait on disk while it is away", async () => {
    const gateway = await spawnPostern({ args: ["serve", ...flags], env: environment() });
    try {
      expect(await post(gateway, "before")).toBe(200);
      expect(await taken(1)).toEqual(["before"]);
      await proxy.stop();
      expect([await post(gateway, "during"), await post(gateway, "too")]).toEqual([200, 200]);
      proxy = await startProxy();
      expect(await taken(2)).toEqual(["during", "too"]);
    } finally {
      await gateway.remove();
    }
    expect(await readFile(join(directory, "log"), "utf8")).toContain(
      `CONNECT ${new URL(queueUrl).host} HTTP/1.1`,
    );
  });

  it("send goes through it too", async () => {
    const gateway = await spawnPostern({ args: ["serve", ...flags], env: environment() });
    try {
      const to = new URL((await gateway.ready)[0]?.slice("listening on ".length) ?? "");
      to.hostname = "0.0.0.0";
      const file = join(directory, "station.ndjson");
      await writeFile(file, `${JSON.stringify({ ...listenerUpload, data: { name: "sent" } })}\n`);
      const { code } = await run(["send", "--to", to.href, file]);
      expect(code).toBe(0);
      expect(await taken(1)).toEqual(["sent"]);
      expect(await readFile(join(directory, "log"), "utf8")).toContain(`POST ${to.origin}/messages HTTP/1.1`);
    } finally {
      await gateway.remove();
    }
  });

  it("check says which proxy it is, and what it answers", async () => {
    const where = `the proxy 127.0.0.1:${proxyPort}`;
    const well = await run(["check", ...flags]);
    expect(well).toMatchObject({ code: 0, stdout: expect.stringContaining(`, through ${where}`) });
    const refused = await run(["check", ...flags], environment("mistaken"));
    expect(refused.code).toBe(1);
    // Tinyproxy 1.11.1 and before say 401.
    expect(`${refused.stdout}${refused.stderr}`).toMatch(new RegExp(`${where} answers 40[17]`));
    expect(JSON.stringify([well, refused])).not.toMatch(/secret|mistaken/);
  });
});
