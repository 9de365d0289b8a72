import { describe, expect, it } from "vitest";
import { Problem } from "../../lib/application/problem.ts";
import { receipt } from "../../lib/application/receipt.ts";
import { readAnswer } from "../../lib/client/read-answer.ts";

const now = Date.UTC(2026, 0, 1);

const read = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  readAnswer(
    {
      status,
      headers: new Map(Object.entries(headers)),
      body: typeof body === "string" ? body : JSON.stringify(body),
    },
    2,
    now,
  );

const problem = { title: "a title", status: 503, detail: "come back", code: "queue_unavailable" };

describe("readAnswer", () => {
  it.each([200, 207, 400, 503, 504])("believes a receipt with status %i", (status) => {
    const results = [
      { index: 1, outcome: "unknown", id: "id", problem: { ...problem, status: 504 } },
      { index: 0, outcome: "duplicate", id: "id", time_created: 1, time_uploaded: 2 },
    ];
    expect(read(status, { accepted: 0, duplicate: 1, rejected: 0, results })).toEqual({
      verdict: "receipt",
      retryAfter: 0,
      results: [
        { outcome: "duplicate" },
        {
          outcome: "again",
          mayBeStored: true,
          problem: { status: 504, detail: problem.detail, code: problem.code },
        },
      ],
    });
  });

  it.each([
    [400, "rejected"],
    [413, "rejected"],
    [408, "again"],
    [429, "again"],
    [500, "again"],
    [503, "again"],
  ])("of a message that was rejected with %i says %s", (status, outcome) => {
    const results = [0, 1].map((index) => ({ index, outcome: "rejected", problem: { ...problem, status } }));
    const expected = outcome === "again" ? { outcome, mayBeStored: false } : { outcome };
    expect(read(400, { results })).toMatchObject({ results: [expected, expected] });
  });

  it("understands what the gateway itself says of more messages than it tells the problems of in full", () => {
    const bad = new Problem("invalid_message", "callsign must be text", { field: "callsign" });
    const { status, body } = receipt(
      Array.from({ length: 501 }, () => ({ outcome: "rejected", problem: bad })),
    );
    const verdict = readAnswer({ status, headers: new Map(), body }, 501, now);
    const results = verdict.verdict === "receipt" ? verdict.results : [];
    expect(results).toHaveLength(501);
    expect(results[499]).toMatchObject({ outcome: "rejected", problem: { detail: "callsign must be text" } });
    expect(results[500]).toMatchObject({
      outcome: "rejected",
      problem: { status: 400, field: "callsign", detail: "invalid_message: callsign" },
    });
  });

  it("knows nothing of a message that a receipt leaves out", () => {
    expect(read(200, { results: [{ index: 0, outcome: "accepted", id: "id" }] })).toMatchObject({
      results: [{ outcome: "accepted" }, { outcome: "again", mayBeStored: true }],
    });
  });

  it.each([
    ["names a message twice", [0, 1, 1]],
    ["names a message that was not in the request", [0, 2]],
    ["counts from 1", [1, 2]],
    ["names half a message", [0, 0.5]],
  ])("does not believe a receipt that %s", (_, indexes) => {
    const results = indexes.map((index) => ({ index, outcome: "accepted", id: "id" }));
    expect(read(200, { results })).toMatchObject({ verdict: "again", mayBeStored: true });
  });

  it.each([
    [200, "<html>Please sign in</html>", {}, "again"],
    [204, "", {}, "again"],
    [408, problem, {}, "again"],
    [429, "", {}, "again"],
    [500, "", {}, "again"],
    [502, "<html>", {}, "again"],
    [413, "<html>", {}, "too_large"],
    [301, "", { location: "https://elsewhere/" }, "refused"],
    [401, "", {}, "refused"],
    [404, problem, {}, "refused"],
    [501, "Unsupported method ('POST')", {}, "refused"],
  ])("of %i with %j says %j: %s", (status, body, headers, verdict) => {
    expect(read(status, body, headers)).toMatchObject({ verdict });
  });

  it.each([
    [200, "<html>Please sign in</html>", true],
    [408, problem, false],
    [429, "", false],
    [500, { ...problem, status: 500 }, true],
    [502, "<html>", true],
    [503, problem, false],
    [503, { message: "Service Unavailable" }, true],
    [504, { ...problem, status: 504 }, true],
  ])("of %i with %j knows whether anything may be stored: %s", (status, body, mayBeStored) => {
    expect(read(status, body)).toMatchObject({ verdict: "again", mayBeStored });
  });

  it("says whose status 407 is", () => {
    expect(read(407, "<html>")).toEqual({
      verdict: "refused",
      reason: "status 407: a proxy on the way asks for a user name and password, or for different ones",
    });
  });

  it("says that success without a receipt may be that of something else", () => {
    expect(read(200, "<html>Please sign in</html>")).toMatchObject({
      reason: "status 200 without a receipt, so it may not be a gateway",
    });
  });

  it.each([
    ["7", 7_000],
    [new Date(now + 90_000).toUTCString(), 90_000],
    [new Date(now - 90_000).toUTCString(), 0],
    ["soon", 0],
    ["-1", 0],
  ])("reads Retry-After %j as %i ms", (value, retryAfter) => {
    expect(read(503, problem, { "retry-after": value })).toEqual({
      verdict: "again",
      reason: "status 503: come back",
      mayBeStored: false,
      retryAfter,
    });
  });
});
