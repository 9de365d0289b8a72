import { describe, expect, it } from "vitest";
import { Problem } from "../../lib/application/problem.ts";
import { httpRequest, type MessageHead } from "../../lib/http/http-request.ts";

function read(message: Partial<MessageHead>) {
  const request = httpRequest(
    { method: "POST", url: "/message", httpVersion: "1.1", rawHeaders: ["Host", "h"], ...message },
    "192.0.2.7",
    { prefix: "/in", maxHeaders: 4 },
  );
  if (request instanceof Problem) throw request;
  return request;
}

describe("httpRequest", () => {
  it("takes method, path, prefix and client", () => {
    expect(read({ url: "/in/m%65ssage?a=/b" })).toEqual({
      method: "POST",
      path: "/in/message",
      prefix: "/in",
      headers: new Map([["host", "h"]]),
      client: "192.0.2.7",
    });
  });

  it("writes names in lower case and joins what comes twice, in order", () => {
    expect(read({ rawHeaders: ["Host", "h", "X-A", "1", "x-b", "2", "X-a", "3"] }).headers).toEqual(
      new Map([
        ["host", "h"],
        ["x-a", "1, 3"],
        ["x-b", "2"],
      ]),
    );
  });

  it.each(["Proxy", "Transfer-Encoding", "Content-Length"])("keeps %s from the core", (name) => {
    expect(read({ rawHeaders: ["Host", "h", name, "1"] }).headers.has(name.toLowerCase())).toBe(false);
  });

  it("needs no Host of a client of old", () => {
    expect(read({ httpVersion: "1.0", rawHeaders: [] }).path).toBe("/message");
  });

  it.each(["", "h", "example.org:8080", "h:", "my_host", "192.0.2.1", "[2001:db8::1]:80", "caf%C3%A9"])(
    "takes %j for a host",
    (host) => {
      expect(read({ rawHeaders: ["Host", host] }).headers.get("host")).toBe(host);
    },
  );

  it.each([
    "a b",
    "a/c",
    "a b/c",
    "http://a",
    "u@a",
    "a?b",
    "a#b",
    "a:b",
    "a:1:2",
    "[::1",
    "::1",
    "%zz",
    "a\\b",
    "caf\xe9",
  ])("does not take %j for a host", (host) => {
    const refusal = expect.objectContaining({ status: 400, code: "invalid_host" });
    expect(() => read({ rawHeaders: ["Host", host] })).toThrow(refusal);
  });

  it.each([
    [400, "invalid_host", { rawHeaders: [] }],
    [400, "invalid_host", { rawHeaders: ["Host", "a", "host", "b"] }],
    [400, "invalid_target", { url: "/%zz" }],
    [400, "invalid_target", { url: "message" }],
    [431, "too_many_headers", { rawHeaders: Array.from({ length: 10 }, () => "Host") }],
  ])("says %i %s of %j", (status, code, message) => {
    expect(() => read(message)).toThrow(expect.objectContaining({ status, code }));
  });
});
