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

  it("holds no more than twice what has arrived, and no more than 64 KiB besides", () => {
    for (const [appended, most] of [
      [30_000, 60_000],
      [900_000, 966_000],
    ] as const) {
      const buffers = Array.from({ length: 50 }, () => new GrowingBuffer());
      const piece = Buffer.alloc(1_000);
      const before = process.memoryUsage().arrayBuffers;
      for (const buffer of buffers) {
        for (let length = 0; length < appended; length += piece.length) buffer.append(piece);
      }
      expect((process.memoryUsage().arrayBuffers - before) / buffers.length).toBeLessThan(most);
      expect(buffers.every(({ length }) => length === appended)).toBe(true);
    }
  });
});
