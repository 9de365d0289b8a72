import { Metrics } from "@aws-lambda-powertools/metrics";
import { beforeEach, describe, expect, it } from "vitest";
import { asProblem } from "../../lib/application/as-problem.ts";
import { Problem } from "../../lib/application/problem.ts";
import { RequestTelemetry } from "../../lib/lambda/request-telemetry.ts";
import { QueueError } from "../../lib/queue/queue-error.ts";

/** The longest id that a gateway gives. */
const request = { id: "8e03978e-40d5-43e8-bc93-6894a57f9324" };
const batch = { entries: 1, stored: 1, bytes: 312, milliseconds: 1_234.567 };

let lines: string[];
let logged: unknown[];
let telemetry: RequestTelemetry;

beforeEach(() => {
  lines = [];
  logged = [];
  const metrics = new Metrics({ namespace: "postern-production" });
  metrics.clearDefaultDimensions();
  telemetry = new RequestTelemetry({
    logger: {
      info: (message, ...extra) => void logged.push([message, ...extra]),
      error: (message, ...extra) => void logged.push([message, ...extra]),
    },
    metrics,
    write: (line) => lines.push(line),
  });
});

describe("a message that was accepted", () => {
  beforeEach(() => {
    telemetry.onBatch(batch);
    telemetry.answered(request, 200);
  });

  it("is one line of less than 300 bytes", () => {
    expect(lines).toHaveLength(1);
    expect(Buffer.byteLength(`${lines[0]}\n`)).toBeLessThan(300);
    expect(logged).toEqual([]);
  });

  it("is a log line and metrics in one", () => {
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: "postern-production",
            Dimensions: [[]],
            Metrics: [{ Name: "Accepted" }, { Name: "BatchSize" }, { Name: "QueueLatency" }],
          },
        ],
      },
      Accepted: 1,
      BatchSize: 1,
      QueueLatency: 1_234.6,
      ...request,
      status: 200,
    });
  });

  it("leaves nothing behind for the next", () => {
    telemetry.onBatch(batch);
    telemetry.answered(request, 200);
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ Accepted: 1 });
  });
});

it("measures every call of a request that takes many, in lines that CloudWatch reads", () => {
  for (let call = 0; call < 250; call += 1) telemetry.onBatch({ ...batch, entries: 10, stored: 10 });
  telemetry.answered(request, 200);
  const written = lines.map((line) => JSON.parse(line));
  expect(written.flatMap(({ BatchSize }) => BatchSize)).toEqual(Array(250).fill(10));
  for (const line of written) {
    // The most that the format allows: "MetricDefinition object" in its specification.
    expect(line.Accepted.length).toBeLessThanOrEqual(100);
    expect(line._aws.CloudWatchMetrics[0].Dimensions).toEqual([[]]);
  }
  expect(written.map(({ status }) => status)).toEqual([undefined, undefined, 200]);
});

it("writes a plain line where there is nothing to measure", () => {
  telemetry.answered(request, 200);
  expect(lines).toEqual([]);
  expect(logged).toEqual([["answered", { ...request, status: 200 }]]);
});

describe("a request that was rejected", () => {
  it("is counted by its reason, in one line with its field", () => {
    telemetry.onProblem(new Problem("invalid_message", "No.", { field: "data.string" }), request);
    telemetry.answered(request, 400);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ Rejected: 1, reason: "invalid_message", field: "data.string", status: 400 }),
    ]);
    expect(JSON.parse(lines[0] ?? "")._aws.CloudWatchMetrics[0]).toMatchObject({
      Dimensions: [["reason"]],
      Metrics: [{ Name: "Rejected" }],
    });
  });

  it("by its client's fault alone is not an error in the log", () => {
    telemetry.onProblem(new Problem("invalid_message", "No."), request);
    expect(logged).toEqual([]);
  });

  it("for want of the queue says so in the log", () => {
    const cause = new QueueError("unavailable", "https://q: AccessDenied: no", {
      sqsCode: "AccessDenied",
    });
    telemetry.onProblem(asProblem(cause), request);
    expect(logged).toEqual([
      [
        "failed",
        { ...request, code: "queue_unavailable", reason: "https://q: AccessDenied: no", sqs: "AccessDenied" },
      ],
    ]);
  });

  it("does not put its reason on what the queue measured", () => {
    telemetry.onBatch({ ...batch, stored: 0 });
    telemetry.onProblem(asProblem(new QueueError("timeout", "late")), request);
    telemetry.answered(request, 504);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.not.objectContaining({ reason: expect.anything() }),
      expect.objectContaining({ Rejected: 1, reason: "queue_timeout", status: 504 }),
    ]);
    expect(lines.join()).not.toMatch(/Accepted/);
  });
});

it("counts a message of an earlier request whose answer came late with the next", () => {
  telemetry.onProblem(asProblem(new QueueError("timeout", "late")), request);
  telemetry.answered(request, 504);
  telemetry.onBatch(batch);
  telemetry.answered({ id: "next" }, 200);
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({ Accepted: 1, id: "next" });
});
