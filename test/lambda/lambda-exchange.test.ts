import { describe, expect, it } from "vitest";
import { actionName } from "../../lib/application/action-path.ts";
import { openExchange } from "../../lib/lambda/lambda-exchange.ts";
import { systemClock } from "../../lib/message/clock.ts";
import { type GatewayRequest, httpApiEvent, restApiEvent } from "../support/gateway-events.ts";

const sent: GatewayRequest = {
  method: "POST",
  path: "/message",
  query: "",
  headers: [],
  body: Buffer.from("{}"),
  client: "2.7.5.8",
};
const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 10_000 };
const names = new Set(["", "message", "messages"]);

/** The action that an event is for. */
function actionOf(event: unknown, prefix = ""): string {
  const { request } = openExchange(event, context, { clock: systemClock, prefix });
  return actionName(request.path, request.prefix, names);
}

describe("the action that an event is for", () => {
  const rest = restApiEvent(sent);
  const http = httpApiEvent(sent);
  const inStage = (stage: string, rawPath: string) => ({
    ...http,
    rawPath,
    requestContext: { ...http.requestContext, stage },
  });

  it.each([
    ["a resource", { ...rest, resource: "/message", path: "/message" }, "message"],
    ["a base path before a resource", { ...rest, resource: "/message", path: "/v1/message" }, "message"],
    ["a base path before the root", { ...rest, resource: "/", path: "/v1" }, ""],
    ["a stage", inStage("prod", "/prod/messages"), "messages"],
    ["the root of a stage", inStage("prod", "/prod/"), ""],
  ])("comes behind what the gateway puts before it: %s", (_, event, action) => {
    expect(actionOf(event)).toBe(action);
  });

  // The root would answer an upload 200 and keep nothing.
  it.each([
    ["a base path", { ...rest, resource: "/", path: "/messages" }, "messages"],
    ["the end of a base path", { ...rest, resource: "/", path: "/ingest/message" }, "message"],
    ["a stage", inStage("message", "/message"), "message"],
  ])("may be all that stands there: %s", (_, event, action) => {
    expect(actionOf(event)).toBe(action);
    expect(actionOf(event, "/up")).toBe(action);
  });

  it("comes behind the configured prefix too", () => {
    expect(actionOf(inStage("prod", "/prod/up/message"), "/up")).toBe("message");
  });
});
