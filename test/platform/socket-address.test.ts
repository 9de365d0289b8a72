import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostPort, parseSocketAddress } from "../../lib/platform/socket-address.ts";

describe("parseSocketAddress", () => {
  it.each([
    ["unix:/run/postern/scgi.sock", { kind: "unix", path: "/run/postern/scgi.sock" }],
    ["unix:.postern/scgi.sock", { kind: "unix", path: ".postern/scgi.sock" }],
    ["unix:a:b", { kind: "unix", path: "a:b" }],
    ["127.0.0.1:8080", { kind: "tcp", host: "127.0.0.1", port: 8080 }],
    ["localhost:0", { kind: "tcp", host: "localhost", port: 0 }],
    ["[::1]:4000", { kind: "tcp", host: "::1", port: 4000 }],
    ["[::ffff:10.0.0.1]:65535", { kind: "tcp", host: "::ffff:10.0.0.1", port: 65535 }],
  ])("reads %s", (text, address) => {
    expect(parseSocketAddress(text)).toEqual(address);
  });

  it.each(["", "8080", ":8080", "unix:", "unix:a\0b", "::1:8080", "[::1]", "host:", "host:65536"])(
    "does not take %j",
    (text) => {
      expect(parseSocketAddress(text)).toBeUndefined();
    },
  );

  it.each(["host:+80", "host: 80", "host:8e1", "host:080000", "a b:80", "http://host:80"])(
    "takes no number but digits and no host but a name or an address: %j",
    (text) => {
      expect(parseSocketAddress(text)).toBeUndefined();
    },
  );

  it("reads back whatever hostPort writes", () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
    fc.assert(
      fc.property(host, fc.nat({ max: 65_535 }), (host, port) => {
        expect(parseSocketAddress(hostPort(host, port))).toEqual({ kind: "tcp", host, port });
      }),
    );
  });
});
