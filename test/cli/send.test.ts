import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseMessage } from "../../lib/message/parse-message.ts";
import { startFaultySqs } from "../support/faulty-sqs.ts";
import { openFront } from "../support/front.ts";
import { anyCredentials, type Ended, type PosternProcess, spawnPostern } from "../support/postern-process.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const main = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));

const upload = (number: number) => ({
  callsign: "M0ZDR",
  type: "LISTENER_INFO",
  time_created: 1_295_103_600,
  time_uploaded: 1_295_103_605,
  data: { name: String(number) },
});
const uploads = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => upload(from + index));
const ndjson = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

let resources: AsyncDisposableStack;
beforeEach(() => {
  resources = new AsyncDisposableStack();
});
afterEach(() => resources.disposeAsync());

/** A folder that is gone once the test has ended. */
const newDirectory = () => resources.use(temporaryDirectory()).path;

interface Serving {
  readonly directory: string;
  readonly http: string;
  readonly scgi: string;
  /** Names in the messages on its queue, once there are as many. */
  readonly names: (count: number) => Promise<readonly string[]>;
}

async function serve(...args: string[]): Promise<Serving> {
  const queue = await startFaultySqs();
  resources.defer(() => queue.stop());
  const postern = await spawnPostern({
    args: ["serve", "--http", "127.0.0.1:0", "--queue-url", queue.queueUrl, ...args],
    env: anyCredentials,
  });
  resources.defer(() => postern.remove());
  const [http = "", scgi = ""] = (await postern.ready).map((line) => line.slice(line.lastIndexOf(" ") + 1));
  return {
    directory: postern.directory,
    http,
    scgi,
    async names(count) {
      await expect.poll(() => new Set(queue.stored).size).toBe(count);
      return queue.stored.map((body) => {
        const { data } = parseMessage(body);
        return "name" in data ? String(data.name) : "";
      });
    },
  };
}

async function start(directory: string, ...args: string[]): Promise<PosternProcess> {
  const postern = await spawnPostern({ args: ["send", ...args], directory });
  resources.defer(() => postern.remove());
  return postern;
}

async function send(directory: string, ...args: string[]): Promise<Ended> {
  return (await start(directory, ...args)).ended;
}

describe("postern send", () => {
  it("uploads files of every kind by HTTP and SCGI", async () => {
    const { directory, http, scgi, names } = await serve();
    await writeFile(join(directory, "lines"), ndjson(uploads(0, 5)));
    await writeFile(join(directory, "array"), JSON.stringify(uploads(5, 9), null, 2));
    await writeFile(join(directory, "object"), JSON.stringify(upload(9), null, 2));
    await writeFile(join(directory, "packed"), gzipSync(ndjson(uploads(10, 15))));
    const summary = (count: number) =>
      expect.stringMatching(
        new RegExp(`^${count} accepted, 0 duplicate, 0 rejected, 0 unknown; \\d+\\.\\d s, \\d+ a second\n$`),
      );
    expect(await send(directory, "lines", "array", "--to", http)).toMatchObject({
      code: 0,
      stdout: summary(9),
      stderr: "",
    });
    expect(await send(directory, "object", "packed", "--to", scgi)).toMatchObject({
      code: 0,
      stdout: summary(6),
      stderr: "",
    });
    expect((await names(15)).toSorted()).toEqual(
      uploads(0, 15)
        .map(({ data }) => data.name)
        .toSorted(),
    );
    expect((await readdir(directory)).toSorted()).toEqual([".postern", "array", "lines", "object", "packed"]);
  });

  it("tells what was stored before from what is new", async () => {
    const { directory, http, names } = await serve();
    await writeFile(join(directory, "first"), ndjson(uploads(0, 3)));
    await writeFile(join(directory, "both"), ndjson(uploads(0, 5)));
    await send(directory, "first", "--to", http);
    expect(await send(directory, "both", "--to", http)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^2 accepted, 3 duplicate, 0 rejected, 0 unknown;/),
    });
    expect((await names(5)).length).toBe(5);
  });

  it("reads standard input", async () => {
    const { directory, http, names } = await serve();
    const child = execFile(process.execPath, [main, "send", "--to", http], { cwd: directory });
    let stdout = "";
    child.stdout?.on("data", (text) => {
      stdout += text;
    });
    const closed = once(child, "close");
    child.stdin?.end(ndjson(uploads(0, 3)));
    expect([(await closed)[0], stdout]).toEqual([0, expect.stringMatching(/^3 accepted, /)]);
    await names(3);
    expect(await readdir(directory)).toEqual([".postern"]);
  });

  it("puts what is rejected into a file, with the reason, and exits with 1", async () => {
    const { directory, http, names } = await serve();
    const wrong = { ...upload(1), callsign: "M0ZDR!" };
    await writeFile(join(directory, "mixed"), `${ndjson([upload(0), wrong])}NaN\n${ndjson([upload(2)])}`);
    const { code, stdout, stderr } = await send(directory, "mixed", "--to", http);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^2 accepted, 0 duplicate, 2 rejected, 0 unknown;/),
    ]);
    expect(stderr).toBe("postern: mixed: the rejected messages and why: mixed.rejected.ndjson\n");
    const lines = (await readFile(join(directory, "mixed.rejected.ndjson"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { file: "mixed", line: 2, index: 1, problem: { status: 400, field: "callsign" }, message: wrong },
      { file: "mixed", line: 3, index: 2, problem: { status: 400, code: "invalid_json" }, raw: "NaN" },
    ]);
    await names(2);
  });

  it("makes its requests as small as the gateway wants them, by HTTP and SCGI", async () => {
    const { directory, http, scgi, names } = await serve("--max-body", "4KiB");
    await writeFile(join(directory, "first"), ndjson(uploads(0, 100)));
    await writeFile(join(directory, "second"), ndjson(uploads(100, 200)));
    expect((await send(directory, "first", "--to", http)).stdout).toMatch(/^100 accepted, .* 0 rejected/);
    expect((await send(directory, "second", "--to", scgi)).stdout).toMatch(/^100 accepted, .* 0 rejected/);
    await names(200);
  });

  it("goes on after being interrupted or killed where it stopped", async () => {
    const { directory, http, names } = await serve();
    await using front = await openFront(http);
    await writeFile(join(directory, "file"), ndjson(uploads(0, 30)));
    const args = ["file", "--to", front.address, "--batch", "1"];
    const tenth = front.hold(10);
    const interrupted = await start(directory, ...args);
    await tenth.held;
    interrupted.child.kill("SIGINT");
    tenth.release();
    const { code, stderr } = await interrupted.ended;
    expect([code, stderr]).toEqual([
      130,
      expect.stringMatching(/^postern: file: interrupted; the same command continues with message 1[12]\n$/),
    ]);
    const twentieth = front.hold(20);
    const killed = await start(directory, ...args);
    await twentieth.held;
    killed.child.kill("SIGKILL");
    await killed.ended;
    // The gateway has the one that was under way then, and nobody was told.
    expect(await send(directory, ...args)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^29 accepted, 1 duplicate, 0 rejected, 0 unknown/),
    });
    expect(front.requests).toBe(31);
    expect(await names(30)).toHaveLength(30);
    expect((await readdir(directory)).toSorted()).toEqual([".postern", "file"]);
  });

  it("does not send a file that is being sent", async () => {
    const gateway = createServer(() => {}).listen(0, "127.0.0.1");
    await once(gateway, "listening");
    const to = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    const directory = newDirectory();
    await writeFile(join(directory, "file"), ndjson(uploads(0, 3)));
    const requested = once(gateway, "request");
    const first = await start(directory, "file", "--to", to);
    await requested;
    expect(await send(directory, "file", "--to", to)).toMatchObject({
      code: 2,
      stderr: "postern: file: another process is sending it (file.postern-send)\n",
    });
    first.child.kill("SIGKILL");
    gateway.closeAllConnections();
    gateway.close();
  });

  it.each([
    ["http://127.0.0.1:1", "nobody listens there"],
    ["scgi+unix:nowhere", "there is no such socket"],
    ["scgi://127.0.0.1:1", "nobody listens there"],
  ])("gives up with exit code 75 when %s cannot be reached, and says so", async (to, reason) => {
    const directory = newDirectory();
    await writeFile(join(directory, "file"), ndjson(uploads(0, 3)));
    expect(await send(directory, "file", "--to", to, "--retry-for", "0")).toMatchObject({
      code: 75,
      stdout: expect.stringMatching(
        /^0 accepted, 0 duplicate, 0 rejected, 0 unknown, the rest not delivered;/,
      ),
      stderr: `postern: file: gave up: ${to}: ${reason}; the same command continues with message 1\n`,
    });
  });

  it("stops with exit code 2 where it is no gateway that answers", async () => {
    const { directory, http } = await serve();
    await writeFile(join(directory, "file"), ndjson(uploads(0, 3)));
    const { code, stdout, stderr } = await send(directory, "file", "--to", `${http}/nothing/here`);
    expect([code, stderr]).toEqual([2, expect.stringContaining("takes no messages: status 404: ")]);
    expect(stdout).toMatch(/^0 accepted, .*, 0 unknown, the rest not delivered;/);
    const action = await send(directory, "file", "--to", `${http}/message`);
    expect(action.stderr).toContain(
      "; --to is the gateway's address, without /message; once that is mended, ",
    );
    expect(stderr).not.toContain("--to is");
  });

  it("stops with exit code 2 where the proxy of the environment cannot be used", async () => {
    const directory = newDirectory();
    await writeFile(join(directory, "file"), ndjson(uploads(0, 3)));
    const { ended } = await spawnPostern({
      args: ["send", "--to", "https://gateway.example", "file"],
      env: { HTTPS_PROXY: "socks5://user:secret@proxy.example" },
      directory,
    });
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^postern: HTTPS_PROXY must be .*\n$/)]);
  });

  it("does not add what is rejected to the file that it reads as its standard input", async () => {
    const directory = newDirectory();
    await writeFile(join(directory, "file"), "nonsense\n");
    await using file = await open(join(directory, "file"));
    const args = [main, "send", "--rejected", "file"];
    const child = spawn(process.execPath, args, { cwd: directory, stdio: [file.fd, "ignore", "pipe"] });
    let stderr = "";
    child.stderr?.on("data", (text) => {
      stderr += text;
    });
    const [code] = await once(child, "close");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^postern: file: it is to be sent, /)]);
  });

  it("says what it leaves out of what a pattern gives", async () => {
    const { directory, http, names } = await serve();
    await writeFile(join(directory, "a.ndjson"), `nonsense\n${ndjson(uploads(0, 1))}`);
    await send(directory, "a.ndjson", "--to", http);
    const again = ["a.ndjson", "a.ndjson.rejected.ndjson", "--to", http];
    expect(await send(directory, ...again)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^0 accepted, 1 duplicate, 1 rejected/),
      stderr: expect.stringMatching(
        /^postern: a.ndjson.rejected.ndjson: left out: rejected messages of a.ndjson go there\n/,
      ),
    });
    expect((await send(directory, ...again, "--quiet")).stderr).not.toContain("left out");
    await names(1);
  });

  it.each([
    [["missing"], /^postern: missing cannot be read: there is no such file$/m],
    [["."], /^postern: \. cannot be read: it is a directory$/m],
    [["--to", "nowhere"], /^postern: --to: expected http:\/\/HOST:PORT/],
    [["--batch", "0"], /^postern: --batch: expected a whole number from 1/],
    [["--state", "s", "-", "-"], /^postern: --state: expected off where there is more than one FILE$/m],
    [["--state", "f", "--rejected", "./f", "-"], /^postern: f: the state and what is rejected cannot both/],
    [["--sate", "s"], /unknown option '--sate'\n\(Did you mean --state\?\)/],
    [
      ["-", "--state", "no/such/directory"],
      /no\/such\/directory cannot be written: there is no such folder; choose another with --state$/m,
    ],
    [
      ["-", "--rejected", "no/such"],
      /^postern: -: no\/such cannot be written: .*; choose another with --rejected$/m,
    ],
    [
      ["-", "--rejected", "."],
      /^postern: -: \. cannot be written: it is a directory; choose .* --rejected$/m,
    ],
  ])("refuses %j with exit code 2", async (args, message) => {
    const directory = newDirectory();
    const { code, stdout, stderr } = await send(directory, ...args);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
  });
});
