import { describe, expect, it } from "vitest";
import { isThisMachine, withoutBrackets } from "../../lib/platform/url-host.ts";

describe("isThisMachine", () => {
  it.each(["http://localhost", "http://a.localhost", "http://127.1.2.3", "https://[::1]:8080"])(
    "is %s",
    (url) => {
      expect(isThisMachine(new URL(url))).toBe(true);
    },
  );

  it.each(["http://localhost.example", "http://127.example", "http://[::2]", "http://128.0.0.1"])(
    "is not %s",
    (url) => {
      expect(isThisMachine(new URL(url))).toBe(false);
    },
  );
});

describe("withoutBrackets", () => {
  it.each([
    ["[fd00::1]", "fd00::1"],
    ["10.0.0.1", "10.0.0.1"],
    ["sqs.example", "sqs.example"],
  ])("makes of %s %s", (hostname, host) => {
    expect(withoutBrackets(hostname)).toBe(host);
  });
});
