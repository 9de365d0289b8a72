import { describe, expect, it } from "vitest";
import { Problem } from "../../lib/application/problem.ts";
import { scgiRequest } from "../../lib/scgi/scgi-request.ts";

function read(variables: Readonly<Record<string, string>>, configuredPrefix = "") {
  const request = scgiRequest(
    new Map(Object.entries({ REQUEST_METHOD: "POST", REQUEST_URI: "/raw", ...variables })),
    configuredPrefix,
  );
  if (request instanceof Problem) throw request;
  return request;
}

describe("scgiRequest", () => {
  it.each([
    [
      "lighttpd's PATH_INFO",
      { PATH_INFO: "/message", SCRIPT_NAME: "", REQUEST_URI: "/m%65ssage" },
      "/message",
    ],
    ["nginx's DOCUMENT_URI", { DOCUMENT_URI: "/message", REQUEST_URI: "/m%65ssage?a" }, "/message"],
    ["Apache's SCRIPT_NAME", { SCRIPT_NAME: "/message", REQUEST_URI: "/m%65ssage?a" }, "/message"],
    ["REQUEST_URI, where there is nothing else", { REQUEST_URI: "/m%65ssage?a=/b" }, "/message"],
    ["DOCUMENT_URI besides an empty PATH_INFO", { PATH_INFO: "", DOCUMENT_URI: "/message" }, "/message"],
    ["bytes as the UTF-8 that they are", { PATH_INFO: Buffer.from("/é").toString("latin1") }, "/é"],
    ["lighttpd's SCRIPT_NAME besides a slash", { SCRIPT_NAME: "/message", PATH_INFO: "/" }, "/message"],
    ["a prefix without anything behind it", { SCRIPT_NAME: "/in", PATH_INFO: "//" }, "/in"],
    ["PATH_INFO besides an empty SCRIPT_NAME", { SCRIPT_NAME: "", PATH_INFO: "/" }, "/"],
    ["percent signs that are left after decoding", { DOCUMENT_URI: "/100%25" }, "/100%25"],
  ])("takes the path from %s", (_, variables, path) => {
    expect(read(variables).path).toBe(path);
  });

  it.each([
    ["SCRIPT_NAME besides a PATH_INFO", { SCRIPT_NAME: "/in", PATH_INFO: "/message" }, "/in"],
    ["the configured one besides PATH_INFO alone", { SCRIPT_NAME: "", PATH_INFO: "/message" }, "/configured"],
    ["the configured one where SCRIPT_NAME is the path", { SCRIPT_NAME: "/message" }, "/configured"],
  ])("takes as the prefix %s", (_, variables, prefix) => {
    expect(read(variables, "/configured").prefix).toBe(prefix);
  });

  it("gives the client's headers their own names", () => {
    const { headers } = read({
      CONTENT_TYPE: "application/json",
      HTTP_CONTENT_TYPE: "application/json",
      HTTP_IDEMPOTENCY_KEY: "k",
      HTTP_X_STATION: "a, b",
      PATH: "/usr/bin",
      HTTPS: "on",
    });
    expect([...headers]).toEqual([
      ["content-type", "application/json"],
      ["idempotency-key", "k"],
      ["x-station", "a, b"],
    ]);
  });

  it("takes HTTP_CONTENT_TYPE where CONTENT_TYPE is missing or empty", () => {
    expect(read({ CONTENT_TYPE: "", HTTP_CONTENT_TYPE: "text/plain" }).headers.get("content-type")).toBe(
      "text/plain",
    );
  });

  it.each(["HTTP_PROXY", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH"])(
    "keeps %s from the core",
    (name) => {
      expect(read({ [name]: "chunked" }).headers.size).toBe(0);
    },
  );

  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8::1", "2001:db8::1"],
    ["unix:", undefined],
    ["", undefined],
  ])("of the REMOTE_ADDR %j makes the client %j", (address, client) => {
    expect(read({ REMOTE_ADDR: address }).client).toBe(client);
  });

  it.each([
    ["request_method_missing", { REQUEST_METHOD: "" }],
    ["invalid_target", { REQUEST_URI: "" }],
    ["invalid_target", { REQUEST_URI: "/%zz" }],
  ])("says %s of %j", (code, variables) => {
    expect(() => read(variables)).toThrow(expect.objectContaining({ status: 400, code }));
  });
});
