import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { targetPath } from "../../lib/server/request-target.ts";

describe("targetPath", () => {
  it.each([
    ["/", "/"],
    ["/message?x=1?y", "/message"],
    ["/m%65ss%61ge", "/message"],
    ["/caf%C3%A9", "/café"],
    ["/caf%e9", "/caf\ufffd"],
    ["/a%2Fb", "/a/b"],
    ["/a+b", "/a+b"],
    ["/%2565", "/%65"],
    ["/a%00", "/a\0"],
    ["//message", "//message"],
    ["/a#b", "/a"],
    ["http://example.org/message?x", "/message"],
    ["HTTPS://example.org:8443/message", "/message"],
    ["http://example.org", "/"],
    ["http://example.org?x=/y", "/"],
    ["*", "*"],
  ])("of %s is %s", (target, path) => {
    expect(targetPath(target)).toBe(path);
  });

  it.each(["", "message", "/%", "/%4", "/%zz", "/%%41", "?x", "http://", "ftp://host/x", "host:80"])(
    "of %j there is none",
    (target) => {
      expect(targetPath(target)).toBeUndefined();
    },
  );

  it("gives back any path that was encoded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const path = `/${text}`.toWellFormed();
        expect(targetPath(encodeURIComponent(path).replaceAll("%2F", "/"))).toBe(path);
      }),
    );
  });
});
