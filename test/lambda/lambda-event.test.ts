import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionName } from "../../lib/application/action-path.ts";
import type { InsertResponse } from "../../lib/application/insert-request.ts";
import type { InsertStatus } from "../../lib/application/insert-status.ts";
import { readEvent, UnknownEventError } from "../../lib/lambda/lambda-event.ts";
import {
  albEvent,
  functionUrlEvent,
  type GatewayRequest,
  type GatewaySettings,
  httpApiEvent,
  restApiEvent,
} from "../support/gateway-events.ts";

interface Kind {
  readonly name: string;
  readonly event: (request: GatewayRequest, settings: GatewaySettings) => object;
  /** What repeated headers come joined by. */
  readonly joint: string;
  /** The members that the gateway takes in an answer; others it answers 502 to, or ignores. */
  readonly resultKeys: readonly string[];
}

const apiKeys = ["statusCode", "headers", "body", "isBase64Encoded"];
const kinds: readonly Kind[] = [
  { name: "HTTP API", event: httpApiEvent, joint: ",", resultKeys: apiKeys },
  { name: "function URL", event: functionUrlEvent, joint: ",", resultKeys: apiKeys },
  { name: "REST API", event: restApiEvent, joint: ", ", resultKeys: apiKeys },
  {
    name: "ALB with single headers",
    event: (request, settings) => albEvent(request, settings, "single"),
    joint: ", ",
    resultKeys: [...apiKeys, "statusDescription"],
  },
  {
    name: "ALB with multiple headers",
    event: (request, settings) => albEvent(request, settings, "multiple"),
    joint: ", ",
    resultKeys: ["statusCode", "statusDescription", "multiValueHeaders", "body", "isBase64Encoded"],
  },
];

/** No percent sign: an HTTP API hands the path over decoded, so that nobody can tell `%41` from `%2541`. */
const segment = fc
  .string({ unit: "binary", maxLength: 8 })
  .filter((text) => text.isWellFormed() && !/[%/]/.test(text));
const pathSegments = fc.array(segment, { maxLength: 4 });
const headerName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,11}$/).filter((name) => !isSpecial(name));
const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/);

/** Names that the doors withhold, that a gateway rewrites, or that mean a decision of their own. */
function isSpecial(name: string): boolean {
  return [
    "content-length",
    "transfer-encoding",
    "proxy",
    "cookie",
    "x-forwarded-for",
    "content-encoding",
  ].includes(name.toLowerCase());
}

const request = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"),
  segments: pathSegments,
  headers: fc.uniqueArray(fc.tuple(headerName, headerValue), {
    maxLength: 6,
    selector: ([name]) => name.toLowerCase(),
  }),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 60 }).map((text) => Buffer.from(text)),
  ),
  client: fc.oneof(fc.ipV4(), fc.ipV6()),
});
const settings = fc.record({
  stage: fc.oneof(fc.constant("$default"), word),
  mapping: fc.oneof(
    fc.constant(""),
    word.map((name) => `/${name}`),
  ),
  base64: fc.boolean(),
});

describe.each(kinds)("an event of: $name", ({ event, joint, resultKeys }) => {
  it("is the request that the gateway got", () => {
    fc.assert(
      fc.property(request, settings, ({ segments, ...sent }, chosen) => {
        const path = `/${segments.map(encodeURIComponent).join("/")}`;
        const read = readEvent(event({ ...sent, path, query: "a=1" }, chosen)).request;

        expect(read.method).toBe(sent.method);
        expect(actionName(read.path, read.prefix, new Set())).toBe(
          segments.filter((text) => text !== "").join("/"),
        );
        expect(Buffer.from(read.body)).toEqual(Buffer.from(sent.body));
        expect(read.client).toBe(sent.client);
        const { "x-forwarded-for": _, ...headers } = Object.fromEntries(read.headers);
        expect(headers).toEqual(
          Object.fromEntries(sent.headers.map(([name, value]) => [name.toLowerCase(), value])),
        );
      }),
    );
  });

  it("has repeated headers joined", () => {
    const headers = [
      ["X-Station", "a"],
      ["X-Station", "b"],
    ] as const;
    const { request: read } = readEvent(event({ ...bare, headers }, quiet));
    // A load balancer that sends single values keeps the last.
    const isLossy = resultKeys.includes("statusDescription") && resultKeys.includes("headers");
    expect(read.headers.get("x-station")).toBe(isLossy ? "b" : `a${joint}b`);
  });

  it("withholds what only means something on the wire", () => {
    const headers = [
      ["Content-Length", "7"],
      ["Transfer-Encoding", "chunked"],
      ["Proxy", "http://127.0.0.1:1"],
    ] as const;
    const { request: read } = readEvent(event({ ...bare, headers }, quiet));
    expect([...read.headers.keys()].filter((name) => name !== "x-forwarded-for")).toEqual([]);
  });

  it("has its cookies", () => {
    const headers = [["Cookie", "a=1; b=2"]] as const;
    expect(readEvent(event({ ...bare, headers }, quiet)).request.headers.get("cookie")).toBe("a=1; b=2");
  });

  it("keeps what cannot be decoded in its path", () => {
    const { request: read } = readEvent(event({ ...bare, path: "/100%/%zz" }, quiet));
    expect(read.path).toBe("/100%/%zz");
  });

  it("is answered with what its gateway takes, and nothing else", () => {
    fc.assert(
      fc.property(response, (answer) => {
        const result = readEvent(event(bare, quiet)).toResult(answer);
        expect(Object.keys(result).sort()).toEqual([...resultKeys].sort());
        expect(received(result)).toEqual(answer);
      }),
    );
  });
});

const bare: GatewayRequest = {
  method: "GET",
  path: "/",
  query: "",
  headers: [],
  body: new Uint8Array(),
  client: "2.7.5.8",
};
const quiet: GatewaySettings = { stage: "$default", mapping: "", base64: false };

const response: fc.Arbitrary<InsertResponse> = fc.record({
  status: fc.constantFrom<InsertStatus[]>(200, 207, 400, 404, 405, 408, 413, 415, 431, 500, 503, 504),
  headers: fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,12}$/), headerValue, { noNullPrototype: true }),
  body: fc.string({ unit: "binary" }),
});

/** The response that a gateway sends on. */
function received(result: ReturnType<ReturnType<typeof readEvent>["toResult"]>) {
  const multiple = "multiValueHeaders" in result ? (result.multiValueHeaders ?? {}) : {};
  const single = result.headers ?? {};
  return {
    status: result.statusCode,
    headers: {
      ...single,
      ...Object.fromEntries(Object.entries(multiple).map(([name, values]) => [name, values.join(", ")])),
    },
    body: result.isBase64Encoded ? Buffer.from(result.body ?? "", "base64").toString() : result.body,
  };
}

describe("an event that no gateway sends", () => {
  it.each([
    ["a timer's", { source: "aws.events", "detail-type": "Scheduled Event" }, /keys source, detail-type/],
    ["a WebSocket's", { requestContext: { stage: "prod", eventType: "CONNECT" } }, /keys requestContext/],
    ["an SQS queue's", { Records: [] }, /keys Records/],
    ["an empty one", {}, /an object with the keys/],
    ["null", null, /got object/],
    ["text", "hello", /got string/],
    ["nothing", undefined, /got undefined/],
  ])("is refused in words: %s", (_, event, message) => {
    expect(() => readEvent(event)).toThrow(UnknownEventError);
    expect(() => readEvent(event)).toThrow(message);
  });

  it("is not repeated in them", () => {
    expect(() => readEvent({ secret: "s3cret" })).toThrow(/^(?!.*s3cret)/);
  });
});
