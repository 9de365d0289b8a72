import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GrowingBuffer } from "../../lib/server/growing-buffer.ts";

describe("GrowingBuffer", () => {
  it("holds what was appended, in order, and changes none of the pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        const copies = pieces.map((piece) => Buffer.from(piece));
        const buffer = new GrowingBuffer();
        for (const piece of pieces) buffer.append(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
        expect(buffer.bytes).toEqual(Buffer.concat(copies));
        expect(buffer.length).toBe(Buffer.concat(copies).length);
        expect(pieces.map((piece) => Buffer.from(piece))).toEqual(copies);
      }),
    );
  });

  it("keeps a single piece without a copy", () => {
    const piece = Buffer.from("piece");
    const buffer = new GrowingBuffer();
    buffer.append(piece);
    expect(buffer.bytes.buffer).toBe(piece.buffer);
  });

  it("holds no more than twice what has arrived", () => {
    const buffer = new GrowingBuffer();
    for (let length = 1; length <= 5_000; length += 1) {
      buffer.append(Buffer.of(1));
      expect(buffer.bytes.buffer.byteLength).toBeLessThanOrEqual(
        2 * length + Buffer.poolSize * Number(length === 1),
      );
    }
  });
});
