import { describe, expect, it } from "vitest";
import { parseCgiResponse } from "../../lib/client/cgi-response.ts";

describe("parseCgiResponse", () => {
  it("reads status, headers and body", () => {
    const bytes = Buffer.from("Status: 207 Multi-Status\r\nRetry-After: 5\r\ncontent-length: 3\r\n\r\nü!");
    const { status, headers, body } = parseCgiResponse(bytes);
    expect([status, headers.get("retry-after"), body]).toEqual([207, "5", "ü!"]);
  });

  it.each([
    ["", /closed without an answer/],
    ["Status: 200 OK\r\n", /no CGI response/],
    ["content-type: text/plain\r\n\r\nhello", /no CGI response/],
    ["Status: 2000\r\n\r\n", /no CGI response/],
    ["Status: 200 OK\r\ncontent-length: 5\r\n\r\n1234", /cut short/],
  ])("does not take %j for an answer", (text, message) => {
    expect(() => parseCgiResponse(Buffer.from(text))).toThrow(message);
  });
});
