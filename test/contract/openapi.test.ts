import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actions } from "../../lib/actions/actions.ts";
import openapi from "../../lib/actions/openapi.json" with { type: "json" };
import { asProblem } from "../../lib/application/as-problem.ts";
import { bodyTooLarge } from "../../lib/application/body-too-large.ts";
import { addClientHeader } from "../../lib/application/client-headers.ts";
import { decodeBody } from "../../lib/application/decode-body.ts";
import { InsertApplication } from "../../lib/application/insert-application.ts";
import type { InsertRequest, InsertResponse } from "../../lib/application/insert-request.ts";
import { parseJson } from "../../lib/application/parse-json.ts";
import { parseMany } from "../../lib/application/parse-many.ts";
import { Phases } from "../../lib/application/phases.ts";
import { unlimitedMemory } from "../../lib/application/request-memory.ts";
import { problemResponse } from "../../lib/application/respond.ts";
import { acceptMessage } from "../../lib/message/accept-message.ts";
import { systemClock } from "../../lib/message/clock.ts";
import { idempotencyKey, idempotencyKeyMember } from "../../lib/message/idempotency-key.ts";
import type { PushResult, Queue } from "../../lib/queue/queue.ts";
import { QueueError, type QueueErrorCode } from "../../lib/queue/queue-error.ts";
import {
  answerTimedOut,
  headersTooLarge,
  malformed,
  requestTimedOut,
  tooManyConnections,
} from "../../lib/server/refusals.ts";
import { targetPath } from "../../lib/server/request-target.ts";
import { anyUpload } from "../support/any-upload.ts";
import { anyRequest } from "./any-request.ts";
import {
  type ContractRequest,
  clientAddress,
  contracts,
  maxBody,
  maxMessages,
  now,
  prefix,
} from "./contract-requests.ts";
import {
  documentedAnswers,
  expectAnswerDocumented,
  expectMessageDocumented,
  messageMismatch,
} from "./documented.ts";
import { RecordingApplication } from "./recording-application.ts";

const clock = { now: () => now, monotonic: systemClock.monotonic };
const accepted: PushResult = { outcome: "accepted" };
const duplicate: PushResult = { outcome: "duplicate", time_created: 1, time_uploaded: 2 };

function failed(code: QueueErrorCode): PushResult {
  return { outcome: "failed", error: new QueueError(code, "no") };
}

/** Has an outcome for each message in turn, and the last for all after it. */
function queueWith(...outcomes: readonly PushResult[]): Queue {
  const outcome = (index: number) => outcomes[Math.min(index, outcomes.length - 1)] ?? accepted;
  return {
    async push() {
      const only = outcome(0);
      if (only.outcome === "failed") throw only.error;
      return only;
    },
    pushMany: async (pushes) => pushes.map((_, index) => outcome(index)),
    refusal: () => undefined,
    async close() {},
  };
}

/** As a door makes it. */
function insertRequest(
  { method, target, headers, body }: ContractRequest,
  { deadline = clock.monotonic() + 10_000 } = {},
): InsertRequest {
  const named = new Map<string, string>();
  for (const [name, value] of headers) addClientHeader(named, name.toLowerCase(), value);
  return {
    id: "1",
    method,
    path: targetPath(target) ?? "",
    prefix,
    headers: named,
    body,
    client: clientAddress,
    memory: unlimitedMemory,
    deadline,
    phases: new Phases(clock),
  };
}

const met = new Set<string>();

/** The answer of the core, once it is seen to be documented. */
async function ask(
  request: InsertRequest,
  { queue = queueWith(accepted), most = maxMessages, time = clock } = {},
): Promise<InsertResponse> {
  const application = new InsertApplication({ queue, actions, clock: time, maxBody, maxMessages: most });
  const answer = await application.handle(request);
  for (const line of expectAnswerDocumented(request, answer)) met.add(line);
  return answer;
}

const upload = {
  callsign: "M0ZDR",
  type: "LISTENER_INFO",
  time_created: 1_295_103_500,
  time_uploaded: 1_295_103_609,
  data: {},
};

function post(
  target: "/message" | "/messages",
  body: unknown,
  headers: ContractRequest["headers"] = [],
): ContractRequest {
  return { method: "POST", target, headers, body: Buffer.from(JSON.stringify(body)) };
}

/** Those of its messages that an answer says are taken. */
async function takenMessages(request: InsertRequest, answer: InsertResponse): Promise<readonly unknown[]> {
  if (request.method !== "POST" || answer.status >= 300) return [];
  const body = await decodeBody(request, maxBody, systemClock);
  if (request.path.includes("messages")) {
    const { results } = JSON.parse(answer.body);
    const { groups } = parseMany(body, request.headers.get("content-type"), maxMessages);
    return [...groups]
      .flatMap((group) => [...group])
      .flatMap((item, index) =>
        results[index].outcome === "accepted" && "value" in item ? [item.value] : [],
      );
  }
  return request.path.includes("message") ? [parseJson(body)] : [];
}

describe("GET /openapi.json describes", () => {
  it.each(contracts.map((contract) => [contract.name, contract] as const))(
    "%s",
    async (_, { request, status }) => {
      const asked = insertRequest(request);
      const answer = await ask(asked);
      expect(answer.status).toBe(status);
      for (const message of await takenMessages(asked, answer)) expectMessageDocumented(message);
    },
  );

  it.each([
    ["duplicate", duplicate, 200, 200],
    ["too large for the queue", failed("too_large"), 413, 400],
    ["another under the same key", failed("conflict"), 422, 400],
    ["refused by the queue", failed("refused"), 500, 500],
    ["not stored for now", failed("unavailable"), 503, 503],
    ["perhaps stored", failed("timeout"), 504, 504],
  ] as const)("a message that is %s", async (_, outcome, one, many) => {
    const queue = queueWith(outcome);
    expect(await ask(insertRequest(post("/message", upload)), { queue })).toMatchObject({ status: one });
    const json = insertRequest(post("/message", upload, [["Accept", "application/json"]]));
    expect(await ask(json, { queue })).toMatchObject({ status: one });
    const two = insertRequest(post("/messages", [upload, upload]));
    expect(await ask(two, { queue })).toMatchObject({ status: many });
  });

  it.each([
    ["some stored", [accepted, failed("unavailable")], 207],
    ["some stored before", [duplicate, failed("conflict"), failed("timeout")], 207],
    ["none, and some another time", [failed("refused"), failed("unavailable")], 500],
    ["none for certain, and some another time", [failed("timeout"), failed("unavailable")], 504],
  ] as const)("many messages, %s", async (_, outcomes, status) => {
    const request = insertRequest(
      post(
        "/messages",
        outcomes.map(() => upload),
      ),
    );
    expect(await ask(request, { queue: queueWith(...outcomes) })).toMatchObject({ status });
  });

  it.each([
    [207, [upload, {}]],
    [400, [{}]],
  ] as const)("a dry run that would have the status %i", async (status, body) => {
    const request = insertRequest(post("/messages", body, [["Prefer", "dry-run"]]));
    expect(await ask(request)).toMatchObject({ status });
  });

  it("a dry run that has no time for all", async () => {
    let ticks = 0;
    const time = { ...clock, monotonic: () => (ticks += 1_000) };
    const request = insertRequest(post("/messages", [{}, upload], [["Prefer", "dry-run"]]), { deadline: 0 });
    expect(await ask(request, { time })).toMatchObject({ status: 503 });
  });

  it("a receipt whose last problems are told in short", async () => {
    const body = Array.from({ length: 501 }, () => ({}));
    const { body: receipt } = await ask(insertRequest(post("/messages", body)), { most: 501 });
    expect(JSON.parse(receipt).results.at(-1).problem).toEqual({
      status: 400,
      code: "invalid_message",
      field: "callsign",
    });
  });

  it("many messages in a coding that nobody knows", async () => {
    const request = insertRequest(post("/messages", [upload], [["Content-Encoding", "compress"]]));
    expect(await ask(request)).toMatchObject({ status: 415 });
  });

  it("another method at its own path", async () => {
    const request = { ...post("/message", upload), target: "/openapi.json" };
    expect(await ask(insertRequest(request))).toMatchObject({ status: 405 });
  });

  it("a mistake of ours", async () => {
    const queue = { ...queueWith(), pushMany: () => Promise.reject(new TypeError("a mistake")) };
    expect(await ask(insertRequest(post("/messages", [upload])), { queue })).toMatchObject({ status: 500 });
  });

  it("any answer to any request, whatever becomes of its messages", async () => {
    const application = new RecordingApplication(clock);
    await fc.assert(
      fc.asyncProperty(anyRequest, async (anything) => {
        const request = insertRequest(anything);
        expectAnswerDocumented(request, await application.handle(request));
      }),
      { numRuns: 1_000 },
    );
  });

  const operations = [
    { method: "GET", path: "/", prefix },
    { method: "POST", path: "/message", prefix },
    { method: "POST", path: "/messages", prefix },
    { method: "GET", path: "/openapi.json", prefix },
  ];

  // Of each status that a door may say by itself.
  it.each([
    malformed("invalid_target", "no"),
    requestTimedOut(1),
    bodyTooLarge(1),
    headersTooLarge(1),
    tooManyConnections(),
    asProblem(new TypeError("a mistake")),
  ])("$status of a door, whatever the request", (problem) => {
    for (const operation of operations) {
      const response = problemResponse(problem, { id: "1", phases: new Phases(clock) });
      for (const line of expectAnswerDocumented(operation, response)) met.add(line);
    }
  });

  it("the end of a door's patience with what inserts", () => {
    for (const operation of operations.filter(({ method }) => method === "POST")) {
      const response = problemResponse(answerTimedOut(1), { id: "1", phases: new Phases(clock) });
      for (const line of expectAnswerDocumented(operation, response)) met.add(line);
    }
  });

  // Last, when all of the above have been answered.
  it("nothing that is never answered", () => {
    expect(documentedAnswers.filter((line) => !met.has(line))).toEqual([]);
  });
});

describe("the schema of a message", () => {
  it("takes whatever the gateway takes", () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyUpload, (anything) => {
        const value = JSON.parse(JSON.stringify(anything));
        try {
          acceptMessage(value, { ip: undefined, now });
        } catch {
          return;
        }
        accepted += 1;
        expectMessageDocumented(value);
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it("takes no more than the gateway, but for text that says a number, and times that a clock moves too far", () => {
    let valid = 0;
    fc.assert(
      fc.property(anyUpload, (anything) => {
        const value = JSON.parse(JSON.stringify(anything));
        if (messageMismatch(value) !== undefined) return;
        valid += 1;
        try {
          acceptMessage(value, { ip: undefined, now });
        } catch (error) {
          expect(error).toMatchObject({
            message: expect.stringMatching(/corrected by the clock|^(?!.*base64).*, got "/s),
          });
        }
      }),
      { numRuns: 1_000 },
    );
    expect(valid).toBeGreaterThan(50);
  });

  it.each([
    ["a key that is missing", { ...upload, data: undefined }],
    ["a type that clients may not send", { ...upload, type: "TELEM" }],
    ["a callsign with a space", { ...upload, callsign: "M0 ZDR" }],
    ["a time that is no number", { ...upload, time_created: "yesterday" }],
    ["data that is a list", { ...upload, data: [] }],
    ["what is no base64", { ...upload, type: "RECEIVED_TELEM", data: { string: "AA=" } }],
    ["a time beyond all clocks", { ...upload, time_created: 2 ** 53 }],
    ["a key that cannot be an id", { ...upload, idempotency_key: "two words" }],
  ])("refuses %s, as the gateway does", (_, value) => {
    const sent = JSON.parse(JSON.stringify(value));
    expect(() => [acceptMessage(sent, { ip: undefined, now }), idempotencyKeyMember(sent)]).toThrow(
      /must|type/,
    );
    expect(() => expectMessageDocumented(sent)).toThrow();
  });
});

describe("the schema of Idempotency-Key", () => {
  it("takes what the gateway takes, and nothing else", () => {
    const [header] = openapi.paths["/message"].post.parameters;
    const pattern = new RegExp(header?.schema.pattern ?? "");
    const character = fc.constantFrom('"', "\\", "a", "!", ",", "~", " ", "\x7f");
    const key = fc.oneof(
      fc.string({ unit: character, maxLength: 6 }),
      fc.string({ unit: character, maxLength: 6 }).map((inner) => `"${inner}"`),
      fc.integer({ min: 126, max: 131 }).map((length) => "x".repeat(length)),
      fc.integer({ min: 126, max: 131 }).map((length) => `"${String.raw`\"`.repeat(length)}"`),
    );
    fc.assert(
      fc.property(key, (value) => {
        expect(pattern.test(value.trim())).toBe(isTaken(value));
      }),
      { numRuns: 2_000 },
    );
  });

  function isTaken(value: string): boolean {
    try {
      idempotencyKey(value);
      return true;
    } catch {
      return false;
    }
  }
});
