import { describe, expect, it } from "vitest";
import type { GatewayAnswer } from "../../lib/client/gateway.ts";
import { Ledger } from "../../lib/client/ledger.ts";
import { beginning } from "../../lib/client/position.ts";
import { readMessages } from "../../lib/client/read-messages.ts";
import type { Rejection } from "../../lib/client/rejection.ts";
import { Upload } from "../../lib/client/upload.ts";
import type { UploadEnd } from "../../lib/client/upload-end.ts";
import { NotSentError } from "../../lib/platform/not-sent-error.ts";

type Outcome = "accepted" | "duplicate" | number;

const receipt = (status: number, outcomes: readonly Outcome[]): GatewayAnswer => ({
  status,
  headers: new Map(),
  body: JSON.stringify({
    results: outcomes.map((outcome, index) =>
      typeof outcome === "number"
        ? {
            index,
            outcome: outcome === 504 ? "unknown" : "rejected",
            problem: { status: outcome, detail: `problem ${outcome}` },
          }
        : { index, outcome, id: "id" },
    ),
  }),
});

const refusal = (status: number, headers: Readonly<Record<string, string>> = {}): GatewayAnswer => ({
  status,
  headers: new Map(Object.entries(headers)),
  body: JSON.stringify({ status, detail: `problem ${status}` }),
});

interface Uploaded {
  readonly end: UploadEnd;
  readonly ledger: Ledger;
  /** Bodies of the requests, and the second in which each was made. */
  readonly requests: readonly (readonly [seconds: number, lines: readonly string[]])[];
  readonly rejections: readonly Rejection[];
  readonly hasMore: boolean;
}

/** @param answers to one request after the other; the last to all that follow */
async function upload(
  input: string,
  answers: readonly ((lines: readonly string[]) => GatewayAnswer | Promise<GatewayAnswer>)[],
  options: {
    readonly retryFor?: number;
    readonly messages?: number;
    readonly bytes?: number;
    /** Milliseconds that a request takes. */
    readonly takes?: (bytes: number) => number;
    readonly random?: () => number;
  } = {},
): Promise<Uploaded> {
  let elapsed = 0;
  const ledger = new Ledger();
  const requests: [number, readonly string[]][] = [];
  const rejections: Rejection[] = [];
  const bytes = async function* () {
    yield Buffer.from(input);
  };
  const running = new Upload(readMessages(bytes(), beginning), {
    gateway: {
      address: "http://scripted",
      async post(body) {
        const lines = body.toString().trimEnd().split("\n");
        requests.push([elapsed / 1_000, lines]);
        elapsed += options.takes?.(body.length) ?? 0;
        const next = answers[Math.min(requests.length, answers.length) - 1];
        return next?.(lines) ?? receipt(200, []);
      },
    },
    ledger,
    limits: { messages: options.messages ?? 10, bytes: options.bytes ?? 1_000 },
    retryFor: (options.retryFor ?? 60) * 1_000,
    clock: { now: () => elapsed, monotonic: () => elapsed },
    async sleep(milliseconds, signal) {
      const turns = Number.isFinite(milliseconds) ? 20 : milliseconds;
      for (let turn = 0; turn < turns && !signal.aborted; turn += 1) await new Promise(setImmediate);
      if (!signal.aborted) elapsed += milliseconds;
      return "slept";
    },
    random: options.random ?? (() => 1),
    stop: new AbortController().signal,
    requestSignal: () => new AbortController().signal,
    record: async (more) => void rejections.push(...more),
    onPause: () => {},
  });
  const end = await running.run();
  return { end, ledger, requests, rejections, hasMore: running.hasMore };
}

const all = (outcome: Outcome) => (lines: readonly string[]) =>
  receipt(
    200,
    lines.map(() => outcome),
  );

describe("Upload", () => {
  it("sends no less at a time for connections that were not made", async () => {
    const away = () => Promise.reject(new NotSentError(new Error("away")));
    const { requests } = await upload(
      `${"x".repeat(150)}\n`.repeat(100),
      [away, away, away, all("accepted")],
      { messages: 1_000, bytes: 20_000, retryFor: 600, takes: () => 30_000 },
    );
    expect(requests.map(([, lines]) => lines.length)).toEqual([100, 100, 100, 100]);
  });

  it("sends again only what has to be, and rejects only what the gateway cannot ever take", async () => {
    const { end, requests, ledger, rejections } = await upload("1\n2\n3\n4\n5", [
      () => receipt(207, ["accepted", 503, 400, "duplicate", 504]),
      all("accepted"),
    ]);
    expect(end).toEqual({ end: "complete" });
    expect(requests.map(([, lines]) => lines)).toEqual([
      ["1", "2", "3", "4", "5"],
      ["2", "5"],
    ]);
    expect(ledger.counts).toEqual({ accepted: 3, duplicate: 1, rejected: 1 });
    expect(rejections).toMatchObject([{ message: { position: { index: 2 } }, problem: { status: 400 } }]);
  });

  it.each([undefined, "5"])(
    "sends again together, in its order, what failed together, after Retry-After %s",
    async (seconds) => {
      let draws = 0;
      const partly = receipt(207, ["accepted", 503, 503, 400, 503]);
      const headers = new Map(seconds === undefined ? [] : [["retry-after", seconds]]);
      const { requests } = await upload("1\n2\n3\n4\n5", [() => ({ ...partly, headers }), all("accepted")], {
        random: () => ++draws / 10,
      });
      expect(requests).toEqual([
        [0, ["1", "2", "3", "4", "5"]],
        [seconds === undefined ? expect.toSatisfy((at: number) => at < 1) : 5, ["2", "3", "5"]],
      ]);
    },
  );

  it("waits longer from failure to failure, and at least as long as it is told to", async () => {
    const { requests } = await upload("1", [
      () => refusal(503),
      () => refusal(502),
      () => refusal(429, { "retry-after": "20" }),
      () => refusal(503),
      all("accepted"),
    ]);
    expect(requests.map(([seconds]) => seconds)).toEqual([0, 0.5, 1.5, 21.5, 25.5]);
  });

  it("gives up when nothing has got through for the time it is given, and knows what it owes", async () => {
    const { end, requests, ledger } = await upload("1\n2\n3", [all("accepted"), () => refusal(503)], {
      retryFor: 10,
      messages: 2,
    });
    expect(end).toEqual({ end: "undelivered", reason: "status 503: problem 503" });
    expect(requests.map(([seconds]) => seconds)).toEqual([0, 0, 0.5, 1.5, 3.5, 7.5, 10]);
    expect(ledger.entries.owed.map(({ index }) => index)).toEqual([2]);
  });

  it("tries a last time when the time it is given is over, whatever pause would come then", async () => {
    const failure = () => refusal(503);
    const { end, requests } = await upload("1", [failure, failure, failure, all("accepted")], {
      retryFor: 2.5,
    });
    expect(end).toEqual({ end: "complete" });
    expect(requests.map(([seconds]) => seconds)).toEqual([0, 0.5, 1.5, 2.5]);
  });

  it("has as long again for what fails once something has got through, and begins with the shortest pause", async () => {
    const answers = [() => refusal(503), all("accepted"), () => refusal(503), all("accepted")];
    const { end, requests } = await upload("1\n2", answers, {
      retryFor: 10,
      messages: 1,
      takes: () => 8_000,
    });
    expect(end).toEqual({ end: "complete" });
    expect(requests.map(([seconds]) => seconds)).toEqual([0, 8.5, 16.5, 25]);
  });

  it("does not wait at all where waiting is of no use", async () => {
    const { requests } = await upload("1", [() => refusal(503, { "retry-after": "61" })]);
    expect(requests.length).toBe(1);
    expect((await upload("1", [() => refusal(503)], { retryFor: 0 })).requests.length).toBe(1);
  });

  it("is not held up by a message that fails again and again", async () => {
    const { end, ledger, requests } = await upload(
      Array.from({ length: 30 }, (_, n) => n).join("\n"),
      [
        (lines) =>
          receipt(
            207,
            lines.map((line) => (line === "3" ? 500 : "accepted")),
          ),
      ],
      { retryFor: 10, messages: 5 },
    );
    expect(end).toEqual({ end: "undelivered", reason: "problem 500" });
    expect(ledger.counts.accepted).toBe(29);
    expect(ledger.entries.owed.map(({ index }) => index)).toEqual([3]);
    expect(requests.slice(0, 6).every(([seconds]) => seconds === 0)).toBe(true);
    expect(requests.map(([seconds]) => seconds).slice(-4)).toEqual([2, 4, 8, 10.5]);
  });

  it("halves what is too large until it is a single message, which it rejects", async () => {
    const capped = (lines: readonly string[]) =>
      lines.join("\n").length + 1 > 8
        ? refusal(413)
        : receipt(
            200,
            lines.map(() => "accepted"),
          );
    const { requests, ledger, rejections } = await upload("11\n22\n33\n44\n55555555\n66", [capped]);
    expect(requests.map(([, lines]) => lines)).toEqual([
      ["11", "22", "33", "44", "55555555", "66"],
      ["11", "22", "33", "44"],
      ["11", "22"],
      ["33", "44"],
      ["55555555"],
      ["66"],
    ]);
    expect(ledger.counts).toEqual({ accepted: 5, duplicate: 0, rejected: 1 });
    expect(rejections).toMatchObject([{ message: { position: { index: 4 } }, problem: { status: 413 } }]);
  });

  it("stops at once where the gateway takes no such request, and loses nothing", async () => {
    const { end, ledger, requests } = await upload("1\n2", [() => refusal(404)]);
    expect(end).toEqual({ end: "refused", reason: "status 404: problem 404" });
    expect([ledger.owed, requests.length]).toEqual([2, 1]);
  });

  it.each([
    ["there was no connection", () => Promise.reject(new NotSentError(new Error("away"))), 0],
    ["the connection broke", () => Promise.reject(new Error("broken")), 4],
    ["the gateway says that it stored nothing", () => refusal(503), 0],
    ["something else answered", () => refusal(502), 4],
    ["it is no gateway", () => refusal(404), 0],
    ["the queue was late for some", () => receipt(504, [503, 504, 503, 504]), 2],
    ["some were not mentioned", () => receipt(503, [503]), 3],
  ])("knows how many may be stored where %s", async (_, answer, unknown) => {
    const { ledger, hasMore } = await upload("1\n2\n3\n4\n5", [answer], { retryFor: 0, messages: 4 });
    expect([ledger.owed, ledger.unknown, hasMore]).toEqual([4, unknown, true]);
  });

  it("does not forget that a message may be stored, whatever comes later and in whatever run", async () => {
    const answers = [() => refusal(502), () => refusal(503)];
    const { ledger, hasMore } = await upload("1\n2", answers, { retryFor: 1 });
    expect([ledger.owed, ledger.unknown, hasMore]).toEqual([2, 2, false]);
    expect(new Ledger(ledger.entries).unknown).toBe(2);
  });

  it.each([500, 3_000, 1_000_000])("gets through a line of %i bytes a second", async (bytesPerSecond) => {
    const line = JSON.stringify({ filler: "x".repeat(200) });
    const deadline = 13_000;
    const takes = (bytes: number) => (1_000 * bytes) / bytesPerSecond;
    const { end, ledger, requests } = await upload(
      `${line}\n`.repeat(3_000),
      [(lines) => (takes(lines.join("\n").length) > deadline ? refusal(408) : all("accepted")(lines))],
      { messages: 500, bytes: 1_000_000, takes: (bytes) => Math.min(deadline, takes(bytes)) },
    );
    expect(end).toEqual({ end: "complete" });
    expect(ledger.counts.accepted).toBe(3_000);
    // Nearly all of the time the line is in use, and for what arrives.
    const sent = requests.reduce((sum, [, lines]) => sum + lines.length, 0);
    expect(sent).toBeLessThan(3_300);
    if (bytesPerSecond > 100_000) expect(requests.length).toBeLessThan(10);
  });

  it("keeps a batch under its bytes", async () => {
    const { requests } = await upload("1\n22\n333\n4444\n5", [all("accepted")], { bytes: 7 });
    expect(requests.map(([, lines]) => lines)).toEqual([["1", "22"], ["333"], ["4444", "5"]]);
  });
});
