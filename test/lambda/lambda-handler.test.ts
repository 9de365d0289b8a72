import { Metrics } from "@aws-lambda-powertools/metrics";
import { beforeEach, describe, expect, it } from "vitest";
import type { InsertHandler, InsertRequest, InsertResponse } from "../../lib/application/insert-request.ts";
import {
  type LambdaHandler,
  type LambdaHandlerOptions,
  lambdaHandler,
} from "../../lib/lambda/lambda-handler.ts";
import { RequestTelemetry } from "../../lib/lambda/request-telemetry.ts";
import {
  albEvent,
  functionUrlEvent,
  type GatewayRequest,
  httpApiEvent,
  restApiEvent,
} from "../support/gateway-events.ts";
import { lambdaContext } from "../support/lambda-context.ts";

const clock = { now: () => 1_295_103_709_000, monotonic: () => 1_000 };
const sent: GatewayRequest = {
  method: "GET",
  path: "/",
  query: "",
  headers: [],
  body: new Uint8Array(),
  client: "2.7.5.8",
};
const answer: InsertResponse = { status: 200, headers: { "content-type": "text/plain" }, body: "OK" };

let handle: InsertHandler["handle"];
let seen: InsertRequest[];
let lines: Record<string, unknown>[];
let handler: LambdaHandler;

beforeEach(() => {
  seen = [];
  lines = [];
  handle = async () => answer;
  const logger: LambdaHandlerOptions["logger"] = {
    info: (message, ...extra) => void lines.push(Object.assign({ level: "info", message }, ...extra)),
    error: (message, ...extra) => void lines.push(Object.assign({ level: "error", message }, ...extra)),
  };
  const telemetry = new RequestTelemetry({
    logger,
    metrics: new Metrics({ namespace: "test" }),
    write: (line) => lines.push(JSON.parse(line)),
  });
  handler = lambdaHandler({
    handler: {
      handle(request) {
        seen.push(request);
        return handle(request);
      },
    },
    clock,
    logger,
    telemetry,
    prefix: "/uploads",
  });
});

describe("a request", () => {
  it.each([
    ["an HTTP API", httpApiEvent(sent)],
    ["a function URL", functionUrlEvent(sent)],
    ["a REST API", restApiEvent(sent)],
    ["a load balancer", albEvent(sent)],
  ])("of %s is answered by the core", async (_, event) => {
    expect(await handler(event, lambdaContext())).toMatchObject({ statusCode: 200, body: "OK" });
  });

  it("has the id that the gateway's access log has", async () => {
    await handler(httpApiEvent(sent), lambdaContext());
    expect(seen[0]?.id).toBe("JKJaXmPLvHcESHA=");
  });

  it("has Lambda's id where the gateway gives none", async () => {
    await handler(albEvent(sent), lambdaContext());
    expect(seen[0]?.id).toBe("8e03978e-40d5-43e8-bc93-6894a57f9324");
  });

  it("must be answered half a second before the function is cut off", async () => {
    await handler(httpApiEvent(sent), lambdaContext(7_000));
    expect(seen[0]?.deadline).toBe(clock.monotonic() + 6_500);
  });

  it("comes without the prefix of its gateway, and with the configured one", async () => {
    const stage = { stage: "prod", mapping: "", base64: false };
    await handler(httpApiEvent({ ...sent, path: "/uploads/message" }, stage), lambdaContext());
    expect(seen[0]).toMatchObject({ path: "/uploads/message", prefix: "/uploads" });
  });

  it("has been read when the core gets it", async () => {
    handle = async ({ phases }) => ({ ...answer, headers: { "server-timing": phases.serverTiming() } });
    const result = await handler(httpApiEvent(sent), lambdaContext());
    expect(result.headers?.["server-timing"]).toBe("read;dur=0");
  });
});

describe("an error that nobody caught", () => {
  beforeEach(() => {
    handle = () => Promise.reject(new TypeError("x is not a function"));
  });

  it.each([
    ["an HTTP API", httpApiEvent(sent)],
    ["a REST API", restApiEvent(sent)],
    ["a load balancer", albEvent(sent)],
  ])("is a 500 for %s, which says nothing of it", async (_, event) => {
    const result = await handler(event, lambdaContext());
    expect(result.statusCode).toBe(500);
    expect(result.headers?.["content-type"]).toBe("application/problem+json");
    expect(result.body).toMatch(/"code":"internal_error"/);
    expect(result.body).not.toMatch(/x is not a function/);
  });

  it("is logged once", async () => {
    await handler(httpApiEvent(sent), lambdaContext());
    expect(lines.filter(({ level }) => level === "error")).toEqual([
      {
        level: "error",
        message: "failed",
        id: "JKJaXmPLvHcESHA=",
        code: "internal_error",
        error: expect.any(TypeError),
      },
    ]);
  });

  it("is counted", async () => {
    await handler(httpApiEvent(sent), lambdaContext());
    expect(lines).toContainEqual(
      expect.objectContaining({ Rejected: 1, reason: "internal_error", status: 500, id: "JKJaXmPLvHcESHA=" }),
    );
  });
});

describe("an event of an unknown shape", () => {
  it("fails the invocation, so that Lambda counts an error", async () => {
    await expect(handler({ Records: [] }, lambdaContext())).rejects.toThrow(
      /got an object with the keys Records/,
    );
    expect(seen).toEqual([]);
  });

  it("is logged once", async () => {
    await handler({ Records: [] }, lambdaContext()).catch(() => {});
    expect(lines.filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({
        message: "The event cannot be answered",
        error: expect.objectContaining({ message: expect.stringContaining("Records") }),
      }),
    ]);
  });
});

describe("a warm-up", () => {
  it("gets to nobody", async () => {
    expect(await handler({ source: "serverless-plugin-warmup" }, lambdaContext())).toEqual({
      statusCode: 204,
      body: "",
    });
    expect(seen).toEqual([]);
  });

  it("cannot be asked for by a client", async () => {
    const body = Buffer.from(JSON.stringify({ source: "serverless-plugin-warmup" }));
    expect(await handler(httpApiEvent({ ...sent, method: "POST", body }), lambdaContext())).toMatchObject({
      statusCode: 200,
    });
  });
});

it("tells of a cold start once", async () => {
  await handler(httpApiEvent(sent), lambdaContext());
  await handler(httpApiEvent(sent), lambdaContext());
  expect(lines.filter(({ message }) => message === "cold start")).toEqual([
    { level: "info", message: "cold start", version: "7", memory: "256", uptime: expect.any(Number) },
  ]);
});
