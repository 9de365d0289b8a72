import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InputSent, type SendInputOptions, sendInput } from "../../lib/client/send-input.ts";
import type { Sleep } from "../../lib/client/sleep.ts";
import { seededRandom } from "../support/random.ts";
import { UnreliableGateway } from "./unreliable-gateway.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "postern-send-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string) => join(directory, name);

/** Time that passes by sleeping alone. */
function virtualTime(): { readonly clock: SendInputOptions["clock"]; readonly sleep: Sleep } {
  let elapsed = 0;
  return {
    clock: { now: () => 1_700_000_000_000 + elapsed, monotonic: () => elapsed },
    async sleep(milliseconds, signal) {
      // Everything else that can happen happens first; reading a file takes some turns.
      const turns = Number.isFinite(milliseconds) ? 50 : milliseconds;
      for (let turn = 0; turn < turns && !signal.aborted; turn += 1) await new Promise(setImmediate);
      if (!signal.aborted) elapsed += milliseconds;
      return "slept";
    },
  };
}

function send(gateway: UnreliableGateway, options: Partial<SendInputOptions> = {}): Promise<InputSent> {
  return sendInput({
    path: at("input"),
    stdin: Readable.from([]),
    statePath: at("state"),
    rejectedPath: at("rejected"),
    gateway,
    limits: { messages: 10, bytes: 400 },
    retryFor: 1e9,
    ...virtualTime(),
    random: () => 0.5,
    stop: new AbortController().signal,
    requestSignal: () => new AbortController().signal,
    onProgress: () => {},
    onPause: () => {},
    ...options,
  });
}

function reliable(): UnreliableGateway {
  const gateway = new UnreliableGateway(() => 0.5, 1e6);
  gateway.failing = 0;
  return gateway;
}

const total = ({ ledger: { counts } }: InputSent) => counts.accepted + counts.duplicate + counts.rejected;

const rejectedIndexes = (): number[] =>
  existsSync(at("rejected"))
    ? readFileSync(at("rejected"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).index)
    : [];

/** Numbered messages, some of them broken, in any of the ways to write them down. */
const inputs = fc.record({
  count: fc.integer({ min: 0, max: 60 }),
  broken: fc.uniqueArray(fc.nat(59), { maxLength: 3 }),
  form: fc.constantFrom("lines", "array", "gzip"),
});

function writeInput({ count, broken, form }: typeof inputs extends fc.Arbitrary<infer T> ? T : never): void {
  const texts = Array.from({ length: count }, (_, n) =>
    broken.includes(n) ? `{"n": ${n}, !` : `{"n": ${n}}`,
  );
  const text = form === "array" ? `[\n${texts.join(",\n")}\n]` : `${texts.join("\n")}\n`;
  writeFileSync(at("input"), form === "gzip" ? gzipSync(text) : text);
}

/** Leaves the files as a process does that is killed now; of the rejected messages, the last may be written already. */
function killedNow(keepsRejected: boolean): () => void {
  const names = keepsRejected ? ["state"] : ["state", "rejected"];
  const had = names.filter((name) => existsSync(at(name)));
  for (const name of had) copyFileSync(at(name), at(`${name}.copy`));
  return () => {
    for (const name of names) {
      rmSync(at(name), { force: true });
      if (had.includes(name)) copyFileSync(at(`${name}.copy`), at(name));
      rmSync(at(`${name}.copy`), { force: true });
    }
  };
}

describe("sendInput", () => {
  it("gives each message one outcome, whatever fails and wherever it is interrupted or killed", async () => {
    const scenario = fc.record({
      input: inputs,
      seed: fc.nat(),
      // How many requests each run lasts, and how it ends.
      runs: fc.array(
        fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom("interrupt", "kill", "late kill")),
        {
          maxLength: 5,
        },
      ),
    });
    await fc.assert(
      fc
        .asyncProperty(scenario, async ({ input, seed, runs }) => {
          writeInput(input);
          const gateway = new UnreliableGateway(seededRandom(seed), 300);
          let sent: InputSent | undefined;
          for (const [requests, ending] of runs) {
            if (sent?.end.end === "complete") break;
            let left = requests;
            const stop = new AbortController();
            let restore = () => {};
            gateway.onRequest = () => {
              left -= 1;
              if (left !== 0) return;
              if (ending !== "interrupt") restore = killedNow(ending === "late kill");
              stop.abort();
            };
            sent = await send(gateway, { stop: stop.signal });
            restore();
          }
          gateway.onRequest = () => {};
          if (sent?.end.end !== "complete") sent = await send(gateway);

          const numbers = Array.from({ length: input.count }, (_, n) => n);
          const wrong = numbers.filter((n) => n % 7 === 0 || input.broken.includes(n));
          expect(sent.end).toEqual({ end: "complete" });
          expect(total(sent)).toBe(input.count);
          expect(rejectedIndexes().toSorted((one, other) => one - other)).toEqual(wrong);
          expect([...gateway.stored].sort((one, other) => one - other)).toEqual(
            numbers.filter((n) => !wrong.includes(n)),
          );
          expect(readdirSync(directory).filter((name) => /state|lock/.test(name))).toEqual([]);
        })
        .afterEach(() => {
          for (const name of readdirSync(directory)) rmSync(at(name));
        }),
      { numRuns: 40 },
    );
  });

  it("goes on with a file that has grown, and refuses another in its place", async () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => `{"n": ${7 * (from + n) + 1}}\n`).join("");
    writeFileSync(at("input"), lines(0, 20));
    const gateway = reliable();
    const stop = new AbortController();
    gateway.onRequest = () => stop.abort();
    expect((await send(gateway, { stop: stop.signal })).end).toEqual({ end: "interrupted" });
    const state = readFileSync(at("state"));

    writeFileSync(at("input"), lines(0, 30));
    expect((await send(gateway)).ledger.counts).toEqual({ accepted: 30, duplicate: 0, rejected: 0 });

    writeFileSync(at("state"), state);
    writeFileSync(at("input"), lines(0, 19));
    await expect(send(gateway)).rejects.toThrow(/to an upload of something else, which was longer/);
    writeFileSync(at("input"), lines(1, 40));
    await expect(send(gateway)).rejects.toThrow(/to an upload of something else, which began differently/);
    writeFileSync(at("state"), "{}");
    await expect(send(gateway)).rejects.toThrow(/is not a state file/);
    await expect(send(gateway, { statePath: directory })).rejects.toThrow(
      / cannot be read: it is a directory; choose another with --state$/,
    );
  });

  it.each([
    ["as it is", (text: string) => Buffer.from(text)],
    ["in gzip", (text: string) => gzipSync(text)],
  ])("refuses a file %s that has lost lines which were sent, though it has grown", async (_, stored) => {
    // Random, so that gzip makes it no smaller than what an input is known by from its beginning.
    const random = seededRandom(1);
    const line = (n: number) =>
      `{"n": ${7 * n + 1}, "pad": "${Array.from({ length: 40 }, () => random().toString(36)).join("")}"}\n`;
    const lines = Array.from({ length: 800 }, (_, n) => line(n));
    writeFileSync(at("input"), stored(lines.slice(0, 600).join("")));
    const gateway = reliable();
    const stop = new AbortController();
    gateway.onRequest = () => gateway.stored.size >= 400 && stop.abort();
    const limits = { messages: 100, bytes: 1e6 };
    expect((await send(gateway, { stop: stop.signal, limits })).end).toEqual({ end: "interrupted" });
    const state = readFileSync(at("state"));

    writeFileSync(at("input"), stored([...lines.slice(0, 300), ...lines.slice(350)].join("")));
    await expect(send(gateway, { limits })).rejects.toThrow(/something else, which was different further on/);

    writeFileSync(at("state"), state);
    writeFileSync(at("input"), stored(lines.slice(0, 600).join("")));
    expect((await send(gateway, { limits })).ledger.counts.accepted).toBe(600);
  });

  it("goes on at the gateway that has what is done, and at no other", async () => {
    writeFileSync(at("input"), Array.from({ length: 20 }, (_, n) => `{"n": ${7 * n + 1}}\n`).join(""));
    const named = (address: string) => Object.assign(reliable(), { address });
    const stop = new AbortController();
    const first = named("http://one");
    first.onRequest = () => first.stored.size === 10 && stop.abort();
    await send(first, { stop: stop.signal });

    const state = readFileSync(at("state"), "utf8");
    await expect(send(named("http://two"))).rejects.toThrow(
      /state belongs to an upload to http:\/\/one, which already has a part of it; give --to http:\/\/one to continue, or remove/,
    );
    expect(readFileSync(at("state"), "utf8")).toBe(state);
    const { ledger } = await send(named("http://one/messages/"));
    expect(ledger.counts).toEqual({ accepted: 20, duplicate: 0, rejected: 0 });
  });

  it("begins anywhere where nothing is done yet", async () => {
    writeFileSync(at("input"), '{"n": 1}\n');
    const stop = new AbortController();
    stop.abort();
    await send(Object.assign(reliable(), { address: "http://one" }), { stop: stop.signal });
    const { ledger } = await send(Object.assign(reliable(), { address: "http://two" }));
    expect(ledger.counts.accepted).toBe(1);
  });

  it("goes on with a pipe, which is read again from its beginning", async () => {
    const text = Array.from({ length: 30 }, (_, n) => `{"n": ${7 * n + 1}}\n`).join("");
    const pipe = () => ({ path: "-", stdin: Readable.from([Buffer.from(text)]) });
    const gateway = reliable();
    const stop = new AbortController();
    gateway.onRequest = () => gateway.stored.size === 10 && stop.abort();
    await send(gateway, { ...pipe(), stop: stop.signal });
    expect(gateway.stored.size).toBe(20);
    expect((await send(gateway, pipe())).ledger.counts).toEqual({ accepted: 30, duplicate: 0, rejected: 0 });
  });

  it("can be interrupted while it waits for a pipe", async () => {
    const stop = new AbortController();
    const silent = { path: "-", stdin: new Readable({ read() {} }), stop: stop.signal };
    const known = send(reliable(), silent);
    const unknown = send(reliable(), { ...silent, stdin: new Readable({ read() {} }), statePath: undefined });
    await new Promise(setImmediate);
    stop.abort();
    expect((await known).end).toEqual({ end: "interrupted" });
    expect((await unknown).end).toEqual({ end: "interrupted" });
  });

  it("refuses a file that is being sent", async () => {
    writeFileSync(at("input"), '{"n": 1}');
    const gateway = reliable();
    gateway.onStored = async () => {
      await expect(send(reliable())).rejects.toThrow(/another process is sending it/);
    };
    expect((await send(gateway)).end).toEqual({ end: "complete" });
  });

  it("sends what is left of a gzip that was cut short, and keeps its place for the whole one", async () => {
    const text = Array.from({ length: 5_000 }, (_, n) => `{"n": ${7 * n + 1}, "text": "${n * n}"}\n`).join(
      "",
    );
    const whole = gzipSync(text);
    writeFileSync(at("input"), whole.subarray(0, whole.length - 9_000));
    const gateway = reliable();
    const large = { limits: { messages: 500, bytes: 1e6 } };
    const cut = await send(gateway, large);
    expect(cut.end).toEqual({ end: "unreadable", reason: "unexpected end of file" });
    expect(gateway.stored.size).toBeGreaterThan(100);
    expect(cut.ledger.counts).toEqual({ accepted: gateway.stored.size, duplicate: 0, rejected: 0 });
    writeFileSync(at("input"), whole);
    expect((await send(gateway, large)).ledger.counts).toEqual({
      accepted: 5_000,
      duplicate: 0,
      rejected: 0,
    });
  });

  it("does not take an array for complete that was cut short behind the comma of a broken message", async () => {
    writeFileSync(at("input"), '[{"n": 1},\n{"n": [2, "]\n,');
    const cut = await send(reliable());
    expect(cut.end).toMatchObject({ end: "unreadable" });
    expect(cut.ledger.counts).toEqual({ accepted: 1, duplicate: 0, rejected: 1 });
  });

  it("does not take an array for complete that was cut short between two messages, and keeps its place", async () => {
    const whole = '[{"n": 1},\n{"n": 2},\n{"n": 3}]\n';
    for (const end of ["2}", "2},", "2},\n"]) {
      writeFileSync(at("input"), whole.slice(0, whole.indexOf(end) + end.length));
      const gateway = reliable();
      for (const time of ["first", "again"]) {
        const cut = await send(gateway);
        expect(cut.end, time).toEqual({
          end: "unreadable",
          reason: "it is an array without an end, as if it had been cut short",
        });
        expect(cut.ledger.counts, time).toEqual({ accepted: 2, duplicate: 0, rejected: 0 });
      }
      expect(gateway.stored.size).toBe(2);
      writeFileSync(at("input"), whole);
      const rest = await send(gateway);
      expect(rest.end).toEqual({ end: "complete" });
      expect(rest.ledger.counts).toEqual({ accepted: 3, duplicate: 0, rejected: 0 });
      expect(gateway.stored.size).toBe(3);
    }
  });

  it("knows of an array that a broken message has taken its end, also where it goes on behind that message", async () => {
    for (const last of ['{"n": 2, !]', '{"n": [2, "]']) {
      writeFileSync(at("input"), `[{"n": 1},\n${last}\n`);
      const gateway = reliable();
      const stop = new AbortController();
      gateway.onRequest = () => stop.abort();
      const interrupted = await send(gateway, { stop: stop.signal });
      expect(interrupted.end).toEqual({ end: "interrupted" });
      expect(interrupted.ledger.counts).toEqual({ accepted: 1, duplicate: 0, rejected: 1 });
      gateway.onRequest = () => {};
      expect((await send(gateway)).end).toEqual({ end: "complete" });
    }
  });

  it.each([
    ["array", '[{"n": 1},\n{"n": 2}, {"n": 3}]\n', "it is an array without an end"],
    ["input of lines", '{"n": 1}\n{"n": 2}\n{"n": 3}\n', "its last message has no end"],
  ])(
    "sends what is whole of an %s that was cut short within a message, and goes on with that",
    async (_, whole, reason) => {
      for (const end of ['"n": 3', '"', "{"]) {
        writeFileSync(at("input"), whole.slice(0, whole.lastIndexOf(end) + end.length));
        const gateway = reliable();
        for (const time of ["first", "again"]) {
          const cut = await send(gateway);
          expect(cut.end, time).toEqual({
            end: "unreadable",
            reason: `${reason}, as if it had been cut short`,
          });
          expect(cut.ledger.counts, time).toEqual({ accepted: 2, duplicate: 0, rejected: 0 });
        }
        writeFileSync(at("input"), whole);
        const rest = await send(gateway);
        expect(rest.end).toEqual({ end: "complete" });
        expect(rest.ledger.counts).toEqual({ accepted: 3, duplicate: 0, rejected: 0 });
        expect(rejectedIndexes()).toEqual([]);
      }
    },
  );

  it("keeps no state where not one message was whole: the file may be mended anywhere", async () => {
    writeFileSync(at("input"), '{"n": {"n": 1}');
    expect((await send(reliable())).end.end).toBe("unreadable");
    expect(readdirSync(directory)).toEqual(["input"]);
  });

  it("writes rejected messages as they were sent, with place and reason", async () => {
    writeFileSync(at("input"), '{"n": 1}\n{"n": 7.0,\n "precise": 1.10}\nnonsense\n');
    await send(reliable());
    const problem = '"problem":{"status":400,"detail":"problem 400","code":"a_code"}';
    const file = `"file":${JSON.stringify(at("input"))}`;
    expect(readFileSync(at("rejected"), "utf8")).toBe(
      `{${file},"line":2,"index":1,${problem},"message":{"n": 7.0,  "precise": 1.10}}\n` +
        `{${file},"line":4,"index":2,${problem},"raw":"nonsense"}\n`,
    );
  });

  it("does not send a message that no queue takes", async () => {
    writeFileSync(at("input"), `{"n": 1, "text": "${"x".repeat(1_048_576)}"}\n{"n": 2}\n`);
    const gateway = reliable();
    expect((await send(gateway)).ledger.counts).toEqual({ accepted: 1, duplicate: 0, rejected: 1 });
    expect([...gateway.stored]).toEqual([2]);
    expect(JSON.parse(readFileSync(at("rejected"), "utf8"))).toMatchObject({
      line: 1,
      problem: { status: 413, code: "message_too_large" },
      raw: expect.stringMatching(/^.{1024}$/),
    });
  });
});
