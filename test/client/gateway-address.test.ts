import { describe, expect, it } from "vitest";
import { parseGatewayAddress } from "../../lib/client/gateway-address.ts";

describe("parseGatewayAddress", () => {
  it.each([
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080/messages"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/messages"],
    ["https://example.org/uploads", "https://example.org/uploads/messages"],
    ["https://example.org/uploads/messages", "https://example.org/uploads/messages"],
    ["http://[::1]:80/messages/", "http://[::1]/messages"],
  ])("reads %s as %s", (text, href) => {
    const address = parseGatewayAddress(text);
    expect(address?.kind === "http" && address.url.href).toBe(href);
  });

  it.each([
    ["scgi+unix:/run/postern/scgi.sock", { path: "/run/postern/scgi.sock" }],
    ["scgi+unix:.postern/scgi.sock", { path: ".postern/scgi.sock" }],
    ["scgi://127.0.0.1:4000", { host: "127.0.0.1", port: 4_000 }],
    ["scgi://[::1]:4000/", { host: "::1", port: 4_000 }],
  ])("reads %s as %j", (text, to) => {
    expect(parseGatewayAddress(text)).toEqual({ kind: "scgi", text, to });
  });

  it.each([
    "",
    "127.0.0.1:8080",
    "ftp://127.0.0.1",
    "http://",
    "http://user:secret@example.org",
    "http://example.org/?a=b",
    "scgi+unix:",
    "scgi://4000",
  ])("does not read %j", (text) => {
    expect(parseGatewayAddress(text)).toBeUndefined();
  });
});
