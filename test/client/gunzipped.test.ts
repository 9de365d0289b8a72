import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzipped, newGunzip } from "../../lib/client/gunzipped.ts";

const text = Array.from({ length: 20_000 }, (_, number) => `{"number":${number}}\n`).join("");
const packed = gzipSync(text);

/** What comes out before the end, and what it ends with. */
async function outcome(stored: Buffer, pieceBytes: number) {
  async function* pieces() {
    for (let at = 0; at < stored.length; at += pieceBytes) yield stored.subarray(at, at + pieceBytes);
  }
  let read = "";
  try {
    for await (const bytes of gunzipped(pieces(), newGunzip())) read += bytes;
  } catch (error) {
    return { read, error: String(error) };
  }
  return { read, error: undefined };
}

function withFlippedBit(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
  return flipped;
}

describe.each([100, 10_000, 1_000_000])("gunzipped, in pieces of %i bytes", (pieceBytes) => {
  it("gives what was packed, of one member or several", async () => {
    expect(await outcome(packed, pieceBytes)).toEqual({ read: text, error: undefined });
    expect((await outcome(Buffer.concat([packed, packed]), pieceBytes)).read).toBe(text + text);
  });

  it("gives all of what was cut short, and says so", async () => {
    const { read, error } = await outcome(packed.subarray(0, -9), pieceBytes);
    expect(read).toBe(text);
    expect(error).toMatch(/unexpected end of file/);
  });

  it.each([
    ["has a wrong checksum", withFlippedBit(packed, packed.length - 6), /incorrect data check/],
    ["has something else behind it", Buffer.concat([packed, Buffer.from("junk")]), /incorrect header check/],
  ])("gives nearly all of what %s, and says so", async (_, stored, expected) => {
    const { read, error } = await outcome(stored, pieceBytes);
    expect(text.startsWith(read)).toBe(true);
    expect(read.length).toBeGreaterThan(text.length - 4_096);
    expect(error).toMatch(expected);
  });

  it("gives what stands before the damage, and says so", async () => {
    const { read, error } = await outcome(withFlippedBit(packed, packed.length >> 1), pieceBytes);
    expect(text.slice(0, 1_000)).toBe(read.slice(0, 1_000));
    expect(read.length).toBeGreaterThan(text.length / 4);
    expect(error).toMatch(/Error/);
  });
});
