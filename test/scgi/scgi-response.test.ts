import { describe, expect, it } from "vitest";
import { scgiResponse } from "../../lib/scgi/scgi-response.ts";

const headers = { "content-type": "text/plain", "x-request-id": "r-1" };

describe("scgiResponse", () => {
  it("is a CGI response, its length counted in bytes", () => {
    expect(scgiResponse({ status: 200, headers, body: "wörld" }, "POST")).toBe(
      "Status: 200 OK\r\ncontent-type: text/plain\r\nx-request-id: r-1\r\ncontent-length: 6\r\n\r\nwörld",
    );
  });

  it("says no length to HEAD, whose answer has lost its body already", () => {
    expect(scgiResponse({ status: 404, headers: {}, body: "" }, "HEAD")).toBe(
      "Status: 404 Not Found\r\n\r\n",
    );
  });
});
