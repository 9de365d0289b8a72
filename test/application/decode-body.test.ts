import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeBody } from "../../lib/application/decode-body.ts";

const text = JSON.stringify({ hello: "wörld", repeated: "x".repeat(500) });
const plain = new TextEncoder().encode(text);
const limit = 1_000;

async function decoded(body: Uint8Array, encoding: string | undefined): Promise<string> {
  return new TextDecoder().decode(await decodeBody(body, encoding, limit));
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
    await expect(decodeBody(bomb, encoding, 100_000)).rejects.toMatchObject({
      status: 413,
      code: "body_too_large",
    });
  });

  it("refuses a plain body over the limit", async () => {
    await expect(decodeBody(new Uint8Array(limit + 1), undefined, limit)).rejects.toMatchObject({
      status: 413,
    });
  });

  it("takes exactly the limit", async () => {
    expect(await decodeBody(gzipSync(new Uint8Array(limit)), "gzip", limit)).toHaveLength(limit);
  });

  it.each([
    ["gzip", gzipSync(plain).subarray(0, -9)],
    ["deflate", deflateSync(plain).subarray(0, -5)],
    ["br", plain],
    ["zstd", plain],
  ])("says that a broken %s body is broken", async (encoding, body) => {
    await expect(decodeBody(body, encoding, limit)).rejects.toMatchObject({
      status: 400,
      code: "invalid_encoding",
    });
  });

  it.each(["compress", "gzip, gzip, gzip", "aes128gcm"])(
    "refuses %s and says what it takes",
    async (encoding) => {
      await expect(decodeBody(plain, encoding, limit)).rejects.toMatchObject({
        status: 415,
        headers: { "accept-encoding": "gzip, deflate, br, zstd" },
      });
    },
  );

  it("refuses zstd windows that would allocate at will", async () => {
    // RFC 8878 §3.1.1: a frame header that asks for a window of 128 MiB, then an empty last block.
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0x00, 0x00);
    await expect(decodeBody(frame, "zstd", limit)).rejects.toMatchObject({ status: 400 });
  });
});
