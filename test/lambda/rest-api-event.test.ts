import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { restApiRequest } from "../../lib/lambda/rest-api-event.ts";
import { type GatewayRequest, plainGateway, restApiEvent } from "../support/gateway-events.ts";

const sent: GatewayRequest = {
  method: "POST",
  path: "/message",
  query: "",
  headers: [["Content-Encoding", "gzip"]],
  body: Buffer.from("{}"),
  client: "2.7.5.8",
};

describe("compression", () => {
  it.each(["gzip", "deflate", "GZIP"])("that the API undid is not announced any more: %s", (coding) => {
    const { headers } = restApiRequest(restApiEvent({ ...sent, headers: [["Content-Encoding", coding]] }));
    expect(headers.has("content-encoding")).toBe(false);
  });

  it("that the API did not undo still is", () => {
    const compressed = gzipSync("{}");
    const { headers, body } = restApiRequest(restApiEvent({ ...sent, body: compressed }));
    expect(headers.get("content-encoding")).toBe("gzip");
    expect(Buffer.from(body)).toEqual(compressed);
  });

  it("of another kind is not the API's doing", () => {
    const { headers } = restApiRequest(restApiEvent({ ...sent, headers: [["Content-Encoding", "br"]] }));
    expect(headers.get("content-encoding")).toBe("br");
  });
});

describe("a compressed body of which the API has made text", () => {
  const asText = (compressed: Buffer, coding: string) => ({
    ...restApiEvent({ ...sent, headers: [["Content-Encoding", coding]] }),
    body: compressed.toString(),
    isBase64Encoded: false,
  });
  const text = Buffer.from(JSON.stringify({ data: "x".repeat(100) }));

  it.each([
    ["gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateSync(text, { level: 1 })],
    ["deflate", deflateSync(text, { level: 9 })],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["zstd", zstdCompressSync(text)],
  ] as const)("cannot be answered, and is the operator's to mend: %s", (coding, compressed) => {
    expect(() => restApiRequest(asText(compressed, coding))).toThrow(/binaryMediaTypes/);
  });

  it("is not one that a client only calls so", () => {
    const { body } = restApiRequest(asText(Buffer.from('{"data": "\ufffd"}'), "gzip"));
    expect(Buffer.from(body).toString()).toBe('{"data": "\ufffd"}');
  });
});

describe("the base path", () => {
  const event = restApiEvent(sent);

  it.each([
    ["none", { resource: "/message", path: "/message" }, ""],
    ["a mapping before a resource", { resource: "/message", path: "/v1/message" }, "/v1"],
    ["a mapping before the root", { resource: "/", path: "/v1" }, "/v1"],
    [
      "a mapping of two segments before a greedy resource",
      { resource: "/{proxy+}", path: "/a/b/c/message", pathParameters: { proxy: "c/message" } },
      "/a/b",
    ],
    [
      "a mapping named like the action",
      { resource: "/{proxy+}", path: "/message/message", pathParameters: { proxy: "message" } },
      "/message",
    ],
    [
      "a stage named like the action, which is not in the path",
      { resource: "/message", path: "/message" },
      "",
    ],
  ])("is what the resource does not describe: %s", (_, change, prefix) => {
    expect(restApiRequest({ ...event, ...change }).prefix).toBe(prefix);
  });

  it("is the stage on the default route of an HTTP API", () => {
    const { requestContext } = event;
    const change = { resource: "$default", path: "/dev/message" };
    expect(
      restApiRequest({ ...event, ...change, requestContext: { ...requestContext, stage: "dev" } }).prefix,
    ).toBe("/dev");
    expect(
      restApiRequest({ ...event, ...change, requestContext: { ...requestContext, stage: "$default" } })
        .prefix,
    ).toBe("");
  });
});

it("takes the single headers where there are no others", () => {
  const event = restApiEvent({ ...sent, headers: [["X-Station", "a"]] }, plainGateway);
  const only = { ...event, multiValueHeaders: null as unknown as typeof event.multiValueHeaders };
  expect(restApiRequest(only).headers.get("x-station")).toBe("a");
});
