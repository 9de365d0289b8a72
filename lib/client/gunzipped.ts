import type { Gunzip } from "node:zlib";

/** Compressed bytes that are given to zlib at once. Deflate makes at most about 1,000 of each, so 16 MiB are held at most. */
const pieceBytes = 16_384;

/**
 * Gunzips, of one member or several (RFC 1952 §2.2). Where the data are damaged or cut short, everything before comes out
 * first, which a piped stream would throw away: that is what is left of a file that was being written when the power went.
 *
 * @throws what zlib says of such data, and whatever reading throws
 */
export async function* gunzipped(stored: AsyncIterable<Buffer>, gunzip: Gunzip): AsyncGenerator<Buffer> {
  const ready: Buffer[] = [];
  gunzip.on("data", (bytes: Buffer) => ready.push(bytes));
  let failure: Error | undefined;
  gunzip.on("error", (error) => {
    failure = error;
  });
  const closed = new Promise<void>((resolve) => gunzip.once("close", resolve));
  for await (const bytes of stored) {
    for (let start = 0; start < bytes.length && failure === undefined; start += pieceBytes) {
      const piece = bytes.subarray(start, start + pieceBytes);
      await new Promise<void>((resolve) => gunzip.write(piece, () => resolve()));
      yield* ready.splice(0);
    }
    if (failure !== undefined) break;
  }
  gunzip.end();
  await closed;
  yield* ready.splice(0);
  if (failure !== undefined) throw failure;
}
