import { setImmediate as turn } from "node:timers/promises";
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { decoders } from "../../lib/application/content-codings.ts";
import { decodeBody } from "../../lib/application/decode-body.ts";
import { type RequestMemory, unlimitedMemory } from "../../lib/application/request-memory.ts";

const text = JSON.stringify({ hello: "wörld", repeated: "x".repeat(500) });
const plain = new TextEncoder().encode(text);
const limit = 1_000;
const concat = (...parts: Uint8Array[]) => Buffer.concat(parts);
const [first, second] = [plain.subarray(0, 100), plain.subarray(100)];
/** RFC 8878 §3.1.2: its number, the length of what it has, and that. */
const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2);

function decode(
  body: Uint8Array,
  encoding: string | undefined,
  maxLength: number,
  memory: RequestMemory = unlimitedMemory,
  clock = { monotonic: () => 0 },
): Promise<Uint8Array> {
  const headers = new Map(encoding === undefined ? [] : [["content-encoding", encoding] as const]);
  return decodeBody({ body, headers, memory, deadline: 1_000 }, maxLength, clock);
}

async function decoded(body: Uint8Array, encoding: string | undefined): Promise<string> {
  return new TextDecoder().decode(await decode(body, encoding, limit));
}

describe("decodeBody", () => {
  it.each([
    ["nothing", undefined, plain],
    ["an empty header", "", plain],
    ["identity", "identity", plain],
    ["gzip", "gzip", gzipSync(plain)],
    ["x-gzip, in capitals", "X-GZIP", gzipSync(plain)],
    ["gzip without the header", undefined, gzipSync(plain)],
    ["the header gzip left on a body that a gateway unpacked", "gzip", plain],
    ["deflate, as specified", "deflate", deflateSync(plain)],
    ["deflate, bare", "deflate", deflateRawSync(plain)],
    ["br", "br", brotliCompressSync(plain)],
    ["zstd", "zstd", zstdCompressSync(plain)],
    ["gzip in members", "gzip", concat(gzipSync(first), gzipSync(second))],
    ["gzip that a tape has filled up", "gzip", concat(gzipSync(plain), new Uint8Array(512))],
    ["zstd in frames", "zstd", concat(zstdCompressSync(first), zstdCompressSync(second))],
    ["zstd with frames to be skipped", "zstd", concat(skippable, zstdCompressSync(plain), skippable)],
    [
      "zstd with more to be skipped than it may have frames",
      "zstd",
      concat(...Array(500).fill(skippable), zstdCompressSync(plain)),
    ],
    [
      "zstd with an empty frame to be skipped at its end",
      "zstd",
      concat(zstdCompressSync(plain), skippable.subarray(0, 4), new Uint8Array(4)),
    ],
    ["zstd with empty frames", "zstd", concat(zstdCompressSync(""), zstdCompressSync(plain))],
    ["two codings, undone in reverse", "deflate, gzip", gzipSync(deflateSync(plain))],
  ])("undoes %s", async (_, encoding, body) => {
    expect(await decoded(body, encoding)).toBe(text);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ])("stops a bomb in %s at the limit", async (encoding, compress) => {
    const bomb = compress(new Uint8Array(10_000_000));
    await expect(decode(bomb, encoding, 100_000)).rejects.toMatchObject({
      status: 413,
      code: "body_too_large",
    });
  });

  it("takes exactly the limit", async () => {
    expect(await decode(gzipSync(new Uint8Array(limit)), "gzip", limit)).toHaveLength(limit);
  });

  it.each([
    ["gzip and another behind NULs", "gzip", concat(gzipSync(first), new Uint8Array(3), gzipSync(second))],
    ["gzip and text", "gzip", concat(gzipSync(first), plain)],
    ["two of deflate", "deflate", concat(deflateSync(first), deflateSync(second))],
    ["two of bare deflate", "deflate", concat(deflateRawSync(first), deflateRawSync(second))],
    ["two of br", "br", concat(brotliCompressSync(first), brotliCompressSync(second))],
    ["zstd and text", "zstd", concat(zstdCompressSync(first), plain)],
    [
      "zstd and half of another",
      "zstd",
      concat(zstdCompressSync(first), zstdCompressSync(second).subarray(0, -3)),
    ],
    [
      "gzip within which something stands behind",
      "zstd, gzip",
      gzipSync(concat(zstdCompressSync(first), plain)),
    ],
  ])("does not take a part for the whole: %s", async (_, encoding, body) => {
    await expect(decode(body, encoding, limit)).rejects.toMatchObject({
      status: 400,
      code: "invalid_encoding",
    });
  });

  it("bounds all frames of zstd together", async () => {
    const frame = zstdCompressSync(new Uint8Array(400));
    const frames = (count: number) => concat(...Array<Uint8Array>(count).fill(frame));
    expect(await decode(frames(2), "zstd", 800)).toHaveLength(800);
    expect(await decode(concat(frames(2), zstdCompressSync("")), "zstd", 800)).toHaveLength(800);
    await expect(decode(frames(2), "zstd", 799)).rejects.toMatchObject({ status: 413 });
    await expect(decode(frames(3), "zstd", 800)).rejects.toMatchObject({ status: 413 });
  });

  const oneByOne = zstdDecompressSync(concat(zstdCompressSync("a"), zstdCompressSync("b"))).length === 1;
  it.runIf(oneByOne)("takes no more than 100 frames of zstd, where Node undoes them one by one", async () => {
    const empty = concat(...Array<Uint8Array>(101).fill(zstdCompressSync("")));
    await expect(decode(empty, "zstd", limit * 100)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("at most 100 frames"),
    });
  });

  it.each([
    ["gzip", gzipSync(plain).subarray(0, -9)],
    ["deflate", deflateSync(plain).subarray(0, -5)],
    ["br", plain],
    ["zstd", plain],
  ])("says that a broken %s body is broken", async (encoding, body) => {
    await expect(decode(body, encoding, limit)).rejects.toMatchObject({
      status: 400,
      code: "invalid_encoding",
    });
  });

  it.each(["compress", "gzip, gzip, gzip", "aes128gcm"])(
    "refuses %s and says what it takes",
    async (encoding) => {
      await expect(decode(plain, encoding, limit)).rejects.toMatchObject({
        status: 415,
        headers: { "accept-encoding": "gzip, deflate, br, zstd" },
      });
    },
  );

  it("refuses zstd windows that would allocate at will", async () => {
    // RFC 8878 §3.1.1: a frame header that asks for a window of 128 MiB, then an empty last block.
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0x00, 0x00);
    await expect(decode(frame, "zstd", limit)).rejects.toMatchObject({ status: 400 });
  });

  it("undoes the codings of four bodies at a time", async () => {
    let underWay = 0;
    let most = 0;
    const get = vi.spyOn(decoders, "get").mockReturnValue(async (bytes) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await turn();
      underWay -= 1;
      return bytes;
    });
    await Promise.all(Array.from({ length: 9 }, () => decode(plain, "gzip", limit)));
    get.mockRestore();
    expect(most).toBe(4);
  });

  it("does nothing for requests whose time ran out while they waited for their turn", async () => {
    let now = 0;
    let undone = 0;
    const get = vi.spyOn(decoders, "get").mockReturnValue(async (bytes) => {
      undone += 1;
      await turn();
      now = 1_000;
      return bytes;
    });
    const decodings = Array.from({ length: 9 }, () =>
      decode(plain, "gzip", limit, unlimitedMemory, { monotonic: () => now }),
    );
    const ends = await Promise.allSettled(decodings);
    get.mockRestore();
    expect(undone).toBe(4);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
    expect(ends.at(-1)).toMatchObject({ reason: { status: 503, code: "too_much_in_flight" } });
  });

  describe("with a request that may hold so much", () => {
    const small = gzipSync(plain);

    it("counts what comes out, and nothing where nothing has to be undone", async () => {
      const held: number[] = [];
      const memory = { hold: (bytes: number) => held.push(bytes) > 0 };
      await decode(small, "gzip", limit, memory);
      await decode(gzipSync(deflateSync(plain)), "deflate, gzip", limit, memory);
      await decode(plain, undefined, limit, memory);
      await decode(plain, "gzip", limit, memory);
      expect(held).toEqual([plain.length, plain.length]);
    });

    it("says 503 when there is no room for it", async () => {
      const memory = { hold: (bytes: number) => bytes < plain.length };
      await expect(decode(small, "gzip", limit, memory)).rejects.toMatchObject({
        status: 503,
        code: "too_much_in_flight",
        headers: { "retry-after": expect.stringMatching(/^[0-9]+$/) },
      });
    });
  });
});
