import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeBody } from "../../lib/application/decode-body.ts";
import { parseMany } from "../../lib/application/parse-many.ts";
import { unlimitedMemory } from "../../lib/application/request-memory.ts";
import { ndjson } from "../../lib/client/batch.ts";

const position = { offset: 0, line: 1, index: 0, inArray: false, mayBeOver: false };
const split = (text: string | Uint8Array) => ({
  position,
  next: position,
  text: Buffer.from(text),
  tooLong: false,
});

describe("ndjson", () => {
  it.each([
    ["a byte order mark", "\ufeff"],
    ["a byte order mark and JSON", '\ufeff{"a":1}'],
    ["gzip", gzipSync("x").filter((byte) => byte !== 0x0a)],
    ["JSON on several lines", '{\n"a"\n:1}'],
  ])("has as many messages for the gateway where the first is %s", async (_, first) => {
    const body = ndjson([split(first), split('{"b":2}')]);
    const request = { body, headers: new Map(), memory: unlimitedMemory, deadline: 1 };
    const items = parseMany(await decodeBody(request, 1_000, { monotonic: () => 0 }), undefined, 10);
    expect(items.count).toBe(2);
    expect([...items.groups].flatMap((group) => [...group])[1]).toEqual({ value: { b: 2 } });
  });

  it("begins with the first message where it can", () => {
    expect(ndjson([split('{"a":1}')]).toString()).toBe('{"a":1}\n');
  });
});
