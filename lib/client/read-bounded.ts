import type { Readable } from "node:stream";

/** Bytes of an answer that are read. The largest receipt has less than half of that. */
const most = 16_777_216;

/**
 * Reads an answer to its end.
 *
 * @throws when it has more than a gateway ever says: then the stream is destroyed
 */
export async function readBounded(answer: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > most) throw new Error("its answer is longer than any gateway's");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
