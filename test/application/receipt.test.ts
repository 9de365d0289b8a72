import { describe, expect, it } from "vitest";
import { Problem } from "../../lib/application/problem.ts";
import { type ItemOutcome, receipt } from "../../lib/application/receipt.ts";

const accepted: ItemOutcome = { outcome: "accepted", id: "a" };
const duplicate: ItemOutcome = { outcome: "duplicate", id: "d", time_created: 1, time_uploaded: 2 };
const invalid: ItemOutcome = {
  outcome: "rejected",
  problem: new Problem("invalid_message", "no", { field: "type" }),
};
const full: ItemOutcome = {
  outcome: "rejected",
  problem: new Problem("queue_unavailable", "later", { headers: { "retry-after": "5" } }),
};
const unknown: ItemOutcome = {
  outcome: "unknown",
  id: "u",
  problem: new Problem("queue_timeout", "perhaps"),
};

describe("receipt", () => {
  it.each([
    [[], 200],
    [[accepted, accepted], 200],
    [[accepted, duplicate], 200],
    [[duplicate, duplicate], 200],
    [[accepted, invalid], 207],
    [[duplicate, full], 207],
    [[accepted, unknown], 207],
    [[invalid, invalid], 400],
    [[invalid, full], 503],
    [[full, unknown], 504],
  ] as const)("of %j has the status %i", (outcomes, status) => {
    expect(receipt(outcomes).status).toBe(status);
  });

  it("has one result for each message, in their order", () => {
    expect(JSON.parse(receipt([accepted, invalid, unknown]).body)).toEqual({
      accepted: 1,
      rejected: 1,
      unknown: 1,
      results: [
        { index: 0, outcome: "accepted", id: "a" },
        {
          index: 1,
          outcome: "rejected",
          problem: {
            title: "Bad Request",
            status: 400,
            detail: "no",
            code: "invalid_message",
            field: "type",
          },
        },
        {
          index: 2,
          outcome: "unknown",
          id: "u",
          problem: { title: "Gateway Timeout", status: 504, detail: "perhaps", code: "queue_timeout" },
        },
      ],
    });
  });

  it("tells of duplicates what the first were told, and counts them apart", () => {
    expect(receipt([duplicate, accepted]).body).toBe(
      '{"accepted":1,"duplicate":1,"rejected":0,"results":[{"index":0,"outcome":"duplicate","id":"d","time_created":1,"time_uploaded":2},{"index":1,"outcome":"accepted","id":"a"}]}',
    );
  });

  it("says when to come back only where nothing could be stored", () => {
    expect(receipt([invalid, full]).headers).toEqual({ "retry-after": "5" });
    expect(receipt([accepted, full]).headers).toBeUndefined();
    expect(receipt([duplicate, full]).headers).toBeUndefined();
  });

  it("tells the first problems in full and of all others what a program goes by", () => {
    const { results } = JSON.parse(receipt(Array(700).fill(invalid)).body);
    expect(results).toHaveLength(700);
    expect(results[499].problem).toHaveProperty("detail", "no");
    expect(results[500]).toEqual({
      index: 500,
      outcome: "rejected",
      problem: { status: 400, code: "invalid_message", field: "type" },
    });
  });

  const id = "0".repeat(64);
  const text = "A".repeat(200);
  it.each<ItemOutcome>([
    { ...accepted, id },
    { ...duplicate, id, time_created: 1_700_000_000, time_uploaded: 1_700_000_000 },
    { outcome: "rejected", problem: new Problem("invalid_message", text, { field: "data.longitude" }) },
    { ...unknown, id, problem: new Problem("queue_timeout", text) },
  ])(
    "of as many as a function takes fits into the answer of an ALB, in JSON and all: $outcome",
    (outcome) => {
      const { body } = receipt(Array(5_000).fill(outcome));
      expect(JSON.stringify({ statusCode: 207, body }).length).toBeLessThan(1_000_000);
      const larger = receipt(Array(10_000).fill(outcome)).body;
      expect(Buffer.from(larger).toString("base64").length).toBeLessThan(6_000_000);
    },
  );
});
