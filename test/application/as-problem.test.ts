import { describe, expect, it } from "vitest";
import { asProblem } from "../../lib/application/as-problem.ts";
import { Problem, problemDetails } from "../../lib/application/problem.ts";
import { InvalidMessageError } from "../../lib/message/invalid-message.ts";
import { QueueError } from "../../lib/queue/queue-error.ts";

describe("asProblem", () => {
  it("leaves a problem as it is", () => {
    const problem = new Problem("invalid_json", "no");
    expect(asProblem(problem)).toBe(problem);
  });

  it("blames the client, by field, for an invalid message", () => {
    const details = problemDetails(
      asProblem(new InvalidMessageError("data.latitude", "data.latitude must be …")),
    );
    expect(details).toEqual({
      title: "Bad Request",
      status: 400,
      detail: "data.latitude must be …",
      code: "invalid_message",
      field: "data.latitude",
    });
  });

  it.each([
    ["too_large", 413],
    ["conflict", 422],
    ["refused", 500],
    ["unavailable", 503],
    ["timeout", 504],
  ] as const)("answers a queue's %s with %i", (code, status) => {
    expect(asProblem(new QueueError(code, "…")).status).toBe(status);
  });

  it("tells a client when to come back if nothing was stored", () => {
    expect(asProblem(new QueueError("unavailable", "…")).headers).toEqual({ "retry-after": "5" });
  });

  it("says after a timeout that sending again is safe", () => {
    expect(asProblem(new QueueError("timeout", "…")).message).toContain(
      "again with the same content is safe",
    );
  });

  it.each([
    new Error("password=hunter2"),
    new QueueError("unavailable", "https://secret.example/queue"),
    "hunter2",
  ])("shows a client nothing of %s", (error) => {
    const problem = asProblem(error);
    expect(problem.status).toBeGreaterThanOrEqual(500);
    expect(JSON.stringify(problemDetails(problem))).not.toMatch(/hunter2|secret/);
    expect(problem.cause).toBe(error);
  });
});
