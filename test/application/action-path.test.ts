import { describe, expect, it } from "vitest";
import { actionName } from "../../lib/application/action-path.ts";

describe("actionName", () => {
  it.each([
    ["/", "", ""],
    ["", "", ""],
    ["/message", "", "message"],
    ["message", "", "message"],
    ["//message", "", "message"],
    ["/message/", "", "message"],
    ["/postern/message", "/postern", "message"],
    ["/postern", "/postern", ""],
    ["/postern/", "/postern/", ""],
    ["/message", "/postern", "message"],
    ["/posterns/message", "/postern", "posterns/message"],
    ["/a/b/message", "/a/b", "message"],
    ["/a/message", "/a/b", "a/message"],
    ["/dev//message", "/dev", "message"],
    ["/message", "/message", "message"],
    ["/message/", "/message", "message"],
    ["/message/message", "/message", "message"],
    ["/", "/message", ""],
    ["/.", "", ""],
    ["/..", "", ""],
    ["/./message", "", "message"],
    ["/x/../message/.", "", "message"],
    ["/message/..", "", ""],
    ["/../../message", "", "message"],
    ["/postern/x/../message", "/postern", "message"],
    ["/.message", "", ".message"],
  ])("%j under the prefix %j is the action %j", (path, prefix, name) => {
    expect(actionName(path, prefix, new Set(["", "message"]))).toBe(name);
  });
});
