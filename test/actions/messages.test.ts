import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { actions } from "../../lib/actions/actions.ts";
import { InsertApplication } from "../../lib/application/insert-application.ts";
import type { InsertRequest, InsertResponse } from "../../lib/application/insert-request.ts";
import { Phases } from "../../lib/application/phases.ts";
import type { Problem } from "../../lib/application/problem.ts";
import { unlimitedMemory } from "../../lib/application/request-memory.ts";
import { systemClock } from "../../lib/message/clock.ts";
import type { Message } from "../../lib/message/message-types.ts";
import { parseMessage } from "../../lib/message/parse-message.ts";
import type { Push, Queue } from "../../lib/queue/queue.ts";
import { QueueError } from "../../lib/queue/queue-error.ts";
import { spoolDirectory } from "../../lib/queue/spool/disk/spool-directory.ts";
import type { Carrier } from "../../lib/queue/spool/forwarding/carrier.ts";
import { openLocalSpool } from "../../lib/queue/spool/local-spool.ts";
import { Spool } from "../../lib/queue/spool/spool.ts";
import { systemTimers } from "../../lib/queue/spool/timers.ts";
import { directSqs } from "../../lib/queue/sqs/direct-sqs.ts";
import { SqsQueue } from "../../lib/queue/sqs/sqs-queue.ts";
import { failed } from "../queue/spool/forwarding/fake-carrier.ts";
import { entryFaults, startFaultySqs } from "../support/faulty-sqs.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

function upload(number: number): string {
  const data = { name: String(number) };
  return JSON.stringify({
    callsign: `C${number % 3}`,
    type: "LISTENER_INFO",
    time_created: number,
    time_uploaded: number,
    data,
  });
}

type Headers = readonly (readonly [string, string])[];

function request(lines: readonly string[], headers: Headers = []): InsertRequest {
  return {
    id: "1",
    method: "POST",
    path: "/messages",
    prefix: "",
    headers: new Map([["content-type", "application/x-ndjson"], ...headers]),
    body: Buffer.from(lines.join("\n")),
    client: "2.7.5.8",
    deadline: systemClock.monotonic() + 10_000,
    memory: unlimitedMemory,
    phases: new Phases(systemClock),
  };
}

/** Longer than any answer takes to come, on a busy machine too. */
const patient = { requestTimeout: 5_000, queueTimeout: 10_000 };

/** Posts lines through the whole core to an endpoint that fails by seed. */
async function insert(
  lines: readonly string[],
  faults: Parameters<typeof startFaultySqs>[0],
  patience = { requestTimeout: 20, queueTimeout: 150 },
) {
  const server = await startFaultySqs(faults);
  const queue = new SqsQueue({
    client: directSqs({
      queueUrl: server.queueUrl,
      requestTimeout: patience.requestTimeout,
      maxSockets: 8,
      region: "us-east-1",
      credentials,
    }),
    queueUrl: server.queueUrl,
    clock: systemClock,
    random: () => 0,
  });
  const problems: Problem[] = [];
  const application = new InsertApplication({
    queue,
    actions,
    clock: systemClock,
    queueTimeout: patience.queueTimeout,
    onProblem: (problem) => problems.push(problem),
  });
  const response = await application.handle(request(lines));
  await queue.close();
  await server.stop();
  return {
    response,
    receipt: JSON.parse(response.body),
    stored: server.stored.map((body) => parseMessage(body)),
    problems,
  };
}

/** Its calls end only when they are given up. */
const silent: Carrier = {
  fifo: false,
  callLimits: { entries: 10, bytes: 10_000 },
  send: (messages, signal) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(messages.map(() => failed("unknown"))));
    }),
  close: () => {},
};

/** Asks the core, as a door would, on premises: with the spool before a queue that is away. */
async function spooled(path: string, maxMessages: number) {
  const spool = await Spool.open({
    policy: { limit: 100_000, messageBytes: 1_000, commitDelay: 0, commitEnough: 1, closePatience: 0 },
    clock: systemClock,
    timers: systemTimers,
    observe: () => {},
    connect: async (listener) =>
      openLocalSpool({
        ...listener,
        directory: path,
        carrier: silent,
        clock: systemClock,
        timers: systemTimers,
        random: () => 0,
        forwarding: {
          firstPace: { calls: 1, bytes: 1_000_000 },
          concurrency: 1,
          fillDelay: 0,
          backoff: { base: 1, cap: 1 },
          window: { messages: 10, bytes: 10_000 },
        },
        remember: { time: 60_000, limit: 1_000 },
        ballastBytes: 1_000,
      }),
  });
  const application = new InsertApplication({ queue: spool, actions, clock: systemClock, maxMessages });
  return {
    post: (lines: readonly string[], headers: Headers = []) => application.handle(request(lines, headers)),
    /** What is on disk after it has been closed. */
    async stored(): Promise<readonly Message[]> {
      await spool.close();
      using database = new DatabaseSync(spoolDirectory(path).database);
      const rows = database.prepare("SELECT body FROM waiting ORDER BY sequence").all();
      return rows.map(({ body }) => parseMessage(String(body)));
    },
  };
}

describe("messages, with the spool", () => {
  it("has a receipt that agrees with what was stored, for any mix of messages and any cap", async () => {
    const key = fc.integer({ min: 0, max: 8 });
    const line = fc.oneof(
      fc.record({ kind: fc.constant("good" as const), number: key }),
      fc.record({ kind: fc.constant("keyed" as const), number: key, key }),
      fc.constant({ kind: "bad" as const }),
      fc.constant({ kind: "nonsense" as const }),
      fc.constant({ kind: "huge" as const }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 40 }),
        async (requests, most) => {
          using directory = temporaryDirectory();
          const { post, stored } = await spooled(directory.path, most);
          // The oracle: content by id, in the order of acceptance.
          const kept = new Map<string, number>();
          for (const lines of requests) {
            const response = await post(lines.map(text));
            if (lines.length > most) {
              expect(response.status).toBe(413);
              continue;
            }
            const expected = lines.map((item) => {
              if (!("number" in item)) return item.kind === "huge" ? 413 : 400;
              const id = item.kind === "keyed" ? `key-${item.key}` : `content-${item.number}`;
              const before = kept.get(id);
              if (before === undefined) kept.set(id, item.number);
              if (before === undefined) return "accepted";
              return before === item.number ? "duplicate" : 422;
            });
            const { results, ...counts } = JSON.parse(response.body);
            expect(results.map((result: Result) => result.problem?.status ?? result.outcome)).toEqual(
              expected,
            );
            expect(results.map(({ index }: Result) => index)).toEqual([...lines.keys()]);
            const count = (wanted: (outcome: string | number) => boolean) => expected.filter(wanted).length;
            expect(counts).toEqual({
              accepted: count((outcome) => outcome === "accepted"),
              ...(expected.includes("duplicate")
                ? { duplicate: count((outcome) => outcome === "duplicate") }
                : {}),
              rejected: count((outcome) => typeof outcome === "number"),
            });
          }
          const names = (await stored()).map(({ data }) => ("name" in data ? data.name : undefined));
          expect(names).toEqual([...kept.values()].map(String));
        },
      ),
      { numRuns: 25 },
    );
  });
});

interface Result {
  readonly index: number;
  readonly outcome: string;
  readonly problem?: { readonly status: number };
}

type Line =
  | { readonly kind: "good"; readonly number: number }
  | { readonly kind: "keyed"; readonly number: number; readonly key: number }
  | { readonly kind: "bad" | "nonsense" | "huge" };

function text(line: Line): string {
  switch (line.kind) {
    case "good":
      return upload(line.number);
    case "keyed":
      return JSON.stringify({
        ...JSON.parse(upload(line.number)),
        callsign: "KEYED",
        idempotency_key: `key-${line.key}`,
      });
    case "bad":
      return "{}";
    case "nonsense":
      return "nonsense";
    case "huge":
      return JSON.stringify({ ...JSON.parse(upload(0)), data: { name: "x".repeat(1_000) } });
  }
}

describe("messages, when time is short", () => {
  it("stores none that it has no time to look at, and says so of each", async () => {
    const pushed: Push[] = [];
    let elapsed = 0;
    // Each look at the clock takes a millisecond.
    const clock = { now: () => 0, monotonic: () => elapsed++ };
    const queue: Queue = {
      push: () => Promise.reject(new QueueError("unavailable", "not asked")),
      pushMany: async (pushes) => {
        pushed.push(...pushes);
        return pushes.map(() => ({ outcome: "accepted" }));
      },
      refusal: () => undefined,
      close: async () => {},
    };
    const problems: Problem[] = [];
    const application = new InsertApplication({
      queue,
      actions,
      clock,
      onProblem: (problem) => problems.push(problem),
    });
    const lines = Array.from({ length: 50 }, (_, number) => upload(number));
    const response = await application.handle({ ...request(lines), deadline: 40, phases: new Phases(clock) });
    const { accepted, rejected, results } = JSON.parse(response.body);
    expect(response.status).toBe(207);
    expect(pushed).toHaveLength(accepted);
    expect(accepted).toBeGreaterThan(0);
    expect(rejected).toBe(50 - accepted);
    expect(results).toHaveLength(50);
    expect(results[accepted]).toMatchObject({
      index: accepted,
      outcome: "rejected",
      problem: { status: 503, code: "out_of_time" },
    });
    expect(problems).toHaveLength(1);
  });
});

describe("Prefer: dry-run", () => {
  it("refuses a message that is too large for the queue, as the insertion does", async () => {
    using directory = temporaryDirectory();
    const { post, stored } = await spooled(directory.path, 10);
    const lines = [upload(1), upload(2).replace('"name":"', `"name":"${"x".repeat(2_000)}`)];
    const outcomes = async (headers: Headers) =>
      JSON.parse((await post(lines, headers)).body).results.map((result: Record<string, unknown>) => {
        const { message, ...others } = result;
        return others;
      });
    const rehearsed = await outcomes([["prefer", "dry-run"]]);
    expect(rehearsed).toMatchObject([{ outcome: "accepted" }, { problem: { code: "message_too_large" } }]);
    expect(await outcomes([])).toEqual(rehearsed);
    expect(await stored()).toHaveLength(1);
  });
});

describe("messages, to a queue that fails", () => {
  it("has a receipt that agrees with what was stored, for every seed", async () => {
    const call = [
      "none",
      "none",
      "none",
      "throttled",
      "error",
      "error_stored",
      "reset",
      "reset_stored",
      "hang_stored",
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
        async (seed, good) => {
          const lines = good.map((isGood, number) => (isGood ? upload(number) : "nonsense"));
          const { receipt, stored } = await insert(lines, { call, entry: entryFaults, seed });
          const names = new Set(stored.map(({ data }) => ("name" in data ? data.name : undefined)));
          expect(receipt.results).toHaveLength(lines.length);
          for (const [index, result] of receipt.results.entries()) {
            expect(result.index).toBe(index);
            if (!good[index]) expect(result).toMatchObject({ outcome: "rejected", problem: { status: 400 } });
            if (result.outcome === "accepted") expect(names.has(String(index))).toBe(true);
            if (result.outcome === "rejected") expect(names.has(String(index))).toBe(false);
          }
          expect(receipt.accepted).toBe(
            receipt.results.filter((item: { outcome: string }) => item.outcome === "accepted").length,
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it("is 503 with Retry-After when none could be stored, and tells the operator once", async () => {
    const lines = Array.from({ length: 30 }, (_, number) => upload(number));
    const { response, receipt, problems } = await insert(lines, { call: ["denied"] }, patient);
    expect(response.status).toBe(503);
    expect(response.headers["retry-after"]).toBe("5");
    expect(receipt).toMatchObject({ accepted: 0, rejected: 30 });
    expect(problems).toHaveLength(1);
  });

  it.each([
    ["a client's fault alone", {}, ["invalid_json"]],
    ["a client's fault before one of ours", { call: ["denied"] as const }, ["queue_unavailable"]],
  ])("tells the operator of the gravest problem: %s", async (_, faults, codes) => {
    const { response, problems } = await insert(["{", "NaN", upload(1)], faults, patient);
    expect(problems.map(({ code }) => code)).toEqual(codes);
    expect(response.summary?.problem).toEqual(codes[0]);
  });

  it("takes a thousand of them in full calls", async () => {
    const lines = Array.from({ length: 1_000 }, (_, number) => upload(number));
    const { response, stored } = await insert(lines, {}, { requestTimeout: 5_000, queueTimeout: 8_000 });
    expect(response.status).toBe(200);
    expect(stored).toHaveLength(1_000);
  });
});

/** Takes everything, and remembers how many came together. */
function takingQueue(): Queue & { readonly pushed: readonly number[] } {
  const pushed: number[] = [];
  return {
    pushed,
    push: () => Promise.reject(new Error("one by one")),
    pushMany: async (pushes) => {
      pushed.push(pushes.length);
      return pushes.map(() => ({ outcome: "accepted" }));
    },
    refusal: () => undefined,
    close: async () => {},
  };
}

/** Takes everything once it is told to. */
function waitingQueue() {
  const queue = takingQueue();
  let answered = Promise.withResolvers<void>();
  return {
    ...queue,
    async pushMany(...args: Parameters<Queue["pushMany"]>) {
      const results = queue.pushMany(...args);
      await answered.promise;
      return results;
    },
    answer() {
      answered.resolve();
      answered = Promise.withResolvers();
    },
  };
}

async function acceptedOf(response: Promise<InsertResponse>): Promise<number> {
  return JSON.parse((await response).body).accepted;
}

describe("a request with many messages", () => {
  const lines = Array.from({ length: 1_200 }, (_, number) => upload(number));

  it("is on its way to the queue while it is still looked at, some hundreds at a time", async () => {
    const queue = takingQueue();
    const core = new InsertApplication({ queue, actions, clock: systemClock });
    const { body } = await core.handle(request(lines));
    expect(JSON.parse(body)).toMatchObject({ accepted: 1_200, rejected: 0 });
    expect(queue.pushed).toEqual([500, 500, 200]);
  });

  it("is looked at in half of its time at most, and told of what was not reached", async () => {
    let elapsed = 0;
    // Each look at the clock takes a millisecond.
    const monotonic = () => {
      elapsed += 1;
      return elapsed;
    };
    const queue = takingQueue();
    const core = new InsertApplication({ queue, actions, clock: { ...systemClock, monotonic } });
    const { body } = await core.handle({ ...request(lines), deadline: 401 });
    const { accepted, rejected, results } = JSON.parse(body);
    expect(accepted).toBeGreaterThan(100);
    expect(accepted).toBeLessThan(200);
    expect(rejected).toBe(1_200 - accepted);
    expect(results[accepted]).toMatchObject({ index: accepted, problem: { code: "out_of_time" } });
    expect(queue.pushed).toEqual([accepted]);
  });

  it("waits while two others are worked on, unless it has but few", async () => {
    const queue = waitingQueue();
    const core = new InsertApplication({ queue, actions, clock: systemClock });
    const first = core.handle(request(lines));
    const second = core.handle(request(lines));
    const third = core.handle(request(lines));
    const few = core.handle(request(lines.slice(0, 100)));
    await expect.poll(() => queue.pushed).toHaveLength(7);
    queue.answer();
    expect(await Promise.all([first, second, few].map(acceptedOf))).toEqual([1_200, 1_200, 100]);

    await expect.poll(() => queue.pushed.slice(7)).toEqual([500, 500, 200]);
    queue.answer();
    expect(await acceptedOf(third)).toBe(1_200);
  });

  it("is told in time that it is not stored, where others keep their turns for longer", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const queue = waitingQueue();
    const core = new InsertApplication({ queue, actions, clock: { ...systemClock, monotonic: () => 0 } });
    const inTime = { ...request(lines), deadline: 100_000 };
    const before = [core.handle(inTime), core.handle(inTime)];
    let answered = false;
    const answer = core.handle({ ...request(lines), deadline: 10_000 }).finally(() => {
      answered = true;
    });
    await vi.advanceTimersByTimeAsync(8_999);
    expect(answered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    const late = await answer;
    expect(late).toMatchObject({ status: 503, body: expect.stringContaining("out_of_time") });
    expect(late.headers["retry-after"]).toBe("5");
    vi.useRealTimers();
    queue.answer();
    expect(await Promise.all(before.map(acceptedOf))).toEqual([1_200, 1_200]);
  });

  it("is not looked at where its time is over when its turn comes", async () => {
    let now = 0;
    const queue = waitingQueue();
    const core = new InsertApplication({ queue, actions, clock: { ...systemClock, monotonic: () => now } });
    const inTime = [core.handle(request(lines)), core.handle(request(lines))];
    const late = core.handle({ ...request(lines), deadline: 100_000 });
    await expect.poll(() => queue.pushed).toHaveLength(6);
    now = 100_000;
    queue.answer();
    expect(await Promise.all(inTime.map(acceptedOf))).toEqual([1_200, 1_200]);
    expect(await late).toMatchObject({ status: 503, body: expect.stringContaining("out_of_time") });
    expect(queue.pushed).toHaveLength(6);
  });
});
