import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaultySqs, startFaultySqs } from "../support/faulty-sqs.ts";
import { anyCredentials, type PosternProcess, spawnPostern } from "../support/postern-process.ts";

/** Runs `postern spool` in the folder of a program, as an operator does. */
async function spool(directory: string, ...args: readonly string[]) {
  const { ended } = await spawnPostern({ args: ["spool", ...args], directory });
  return ended;
}

const lines = (text: string) => text.trimEnd().split("\n");

describe("postern spool, beside a program whose queue refuses", () => {
  const resources = new AsyncDisposableStack();
  let refusing: FaultySqs;
  let postern: PosternProcess;
  let url: string;

  const insert = async (number: number) => {
    const upload = { callsign: "M0ZDR", type: "LISTENER_INFO", time_created: number, time_uploaded: number };
    const body = JSON.stringify({ ...upload, data: { name: `name ${number} \u009b31m` } });
    const answer = await fetch(`${url}/message`, {
      method: "POST",
      body,
      headers: { "idempotency-key": `key-${number}` },
    });
    return answer.status;
  };
  const health = async () => (await (await fetch(`${url}/health`)).json()) as { spool: object };
  const setAside = (count: number) =>
    expect.poll(health, { timeout: 5_000 }).toMatchObject({ spool: { messages: 0, set_aside: count } });

  beforeAll(async () => {
    refusing = await startFaultySqs({ entry: ["sender"] });
    postern = await spawnPostern({
      args: ["serve", "--http", "127.0.0.1:0", "--scgi", "off", "--queue-url", refusing.queueUrl],
      env: anyCredentials,
    });
    resources.defer(() => postern.remove());
    url = (await postern.ready)[0]?.split(" ").at(-1) ?? "";
  });
  afterAll(() => resources.disposeAsync());

  it("lists, shows and exports what is set aside", async () => {
    const { directory } = postern;
    for (const number of [1, 2, 3, 4]) expect(await insert(number)).toBe(200);
    await setAside(4);
    const listed = await spool(directory, "ls", "--set-aside");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(lines(listed.stdout)).toHaveLength(5);
    expect(listed.stdout).toMatch(
      /^SEQUENCE +AGE +BYTES +TYPE +CALLSIGN +ID +REASON\n +1 .* key-1 .*InvalidMessageContents/,
    );

    const asJson = await spool(directory, "ls", "--set-aside", "--json", "--limit", "2");
    expect(lines(asJson.stdout).map((line) => JSON.parse(line))).toMatchObject([
      { sequence: 1, id: "key-1", callsign: "M0ZDR", type: "LISTENER_INFO" },
      { sequence: 2, id: "key-2", reason: expect.stringContaining("InvalidMessageContents") },
    ]);

    const shown = await spool(directory, "show", "key-3");
    expect(shown.stdout).toMatch(/^sequence {3}3\n/);
    expect(shown.stdout).toContain('"name": "name 3 \\u009b31m"');

    expect((await spool(directory, "ls")).stdout).toBe("");
    const exported = await spool(directory, "export", "--set-aside");
    expect(await spool(directory, "export", "--set-aside", "-")).toEqual(exported);
    expect(lines(exported.stdout).map((line) => JSON.parse(line).id)).toEqual([
      "key-1",
      "key-2",
      "key-3",
      "key-4",
    ]);
  });

  it("says in one line what it cannot do", async () => {
    const { directory } = postern;
    const failure = async (...args: readonly string[]) => {
      const { code, stderr } = await spool(directory, ...args);
      return [code, stderr];
    };
    expect(await failure("show", "nosuch")).toEqual([
      1,
      "postern: no message in the spool has the id or sequence nosuch\n",
    ]);
    expect(await failure("retry", "nosuch")).toEqual([
      1,
      "postern: no message that is set aside has the id or sequence nosuch\n",
    ]);
    expect(await failure("retry")).toEqual([2, "postern: name the messages, or say --all\n"]);
    expect(await failure("ls", "--limit", "0")).toEqual([
      2,
      'postern: --limit: expected a whole number from 1 to 1000000000, got "0"\n',
    ]);
    expect(await failure("ls", "--spool", "elsewhere")).toEqual([
      1,
      "postern: there is no spool in elsewhere\n",
    ]);
    expect(await failure("export", "--remove", "-")).toEqual(await failure("export", "--remove"));
    expect(await failure("export", "--remove")).toEqual([
      2,
      "postern: --remove needs a file, which is synced before anything is removed\n",
    ]);
    expect(await failure("export", "--remove", "waiting.ndjson")).toEqual([
      1,
      "postern: .postern/spool: another program has it open; stop it to remove what waits\n",
    ]);
  });

  it("removes what it has exported, and the program knows; a repeat of it is still one", async () => {
    const { directory } = postern;
    expect(await insert(5)).toBe(200);
    await setAside(5);
    const { stdout } = await spool(directory, "export", "--set-aside", "--remove", "kept.ndjson");
    expect(stdout).toBe("5 messages in kept.ndjson\n");
    const kept = lines(await readFile(join(directory, "kept.ndjson"), "utf8"));
    expect(kept.map((line) => JSON.parse(line).id)).toEqual([1, 2, 3, 4, 5].map((number) => `key-${number}`));
    await setAside(0);
    expect(await spool(directory, "export", "--set-aside", "kept.ndjson")).toMatchObject({
      code: 1,
      stderr: "postern: kept.ndjson is there already; export writes a new file\n",
    });
    expect(await insert(5)).toBe(200);
    await setAside(0);
  });

  it("puts messages back, which the program sends without being started again", async () => {
    const { directory } = postern;
    for (const number of [6, 7, 8]) expect(await insert(number)).toBe(200);
    await setAside(3);
    const { port } = new URL(refusing.endpoint);
    await refusing.stop();
    const well = await startFaultySqs({ port: Number(port) });
    resources.defer(() => well.stop());
    expect((await spool(directory, "retry", "key-7")).stdout).toBe("1 message goes back to be sent\n");
    await setAside(2);
    expect((await spool(directory, "retry", "--all")).stdout).toBe("2 messages go back to be sent\n");
    await setAside(0);
    expect(well.stored.map((body) => JSON.parse(body).id)).toEqual(["key-7", "key-6", "key-8"]);
  });
});

describe("postern spool, while no program runs", () => {
  it("lists, exports and removes what waits, and leaves the rest to be sent", async () => {
    const args = ["serve", "--http", "127.0.0.1:0", "--scgi", "off"];
    const unreachable = "http://127.0.0.1:1/000000000000/postern";
    await using resources = new AsyncDisposableStack();
    const postern = await spawnPostern({ args: [...args, "--queue-url", unreachable], env: anyCredentials });
    resources.defer(() => postern.remove());
    const url = (await postern.ready)[0]?.split(" ").at(-1);
    const upload = {
      callsign: "M0ZDR",
      type: "LISTENER_INFO",
      time_uploaded: 0,
      data: { name: "x".repeat(900) },
    };
    const uploads = Array.from({ length: 900 }, (_, number) => ({ ...upload, time_created: number }));
    const receipt = await fetch(`${url}/messages`, { method: "POST", body: JSON.stringify(uploads) });
    expect(receipt.status).toBe(200);
    postern.child.kill("SIGTERM");
    await postern.ended;

    const { directory } = postern;
    expect(lines((await spool(directory, "ls")).stdout)).toHaveLength(901);
    // Whoever reads has enough before it has all been written.
    const { child, ended } = await spawnPostern({ args: ["spool", "export"], directory });
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await ended).toMatchObject({ code: 0, stderr: "" });

    const { stdout } = await spool(directory, "export", "--remove", "all.ndjson");
    expect(stdout).toBe("900 messages in all.ndjson\n");
    expect((await spool(directory, "ls")).stdout).toBe("");
  });
});
