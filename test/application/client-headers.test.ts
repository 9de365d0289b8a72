import { describe, expect, it } from "vitest";
import { addClientHeader } from "../../lib/application/client-headers.ts";

describe("addClientHeader", () => {
  it("joins repeated headers and withholds what is the transport's own", () => {
    const headers = new Map<string, string>();
    for (const [name, value] of [
      ["x-a", "1"],
      ["proxy", "http://evil.example"],
      ["x-a", ""],
      ["x-a", "3"],
      ["transfer-encoding", "chunked"],
      ["content-length", "9"],
    ] as const) {
      addClientHeader(headers, name, value);
    }
    expect([...headers]).toEqual([["x-a", "1, , 3"]]);
  });
});
