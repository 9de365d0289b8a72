import { createGunzip, type Gunzip } from "node:zlib";

/** Compressed bytes that are given to zlib at once. Deflate makes at most about 1,000 of each, so 16 MiB are held at most. */
const pieceBytes = 16_384;

/**
 * What zlib hands over at a time: of the data before a damage it keeps back less than that. The more it is, the faster
 * zlib; with this it gives tens of megabytes a second.
 */
const handedOver = 4_096;

export function newGunzip(): Gunzip {
  return createGunzip({ chunkSize: handedOver });
}

/**
 * Gunzips, of one member or several (RFC 1952 §2.2). Where the data are cut short, everything before comes out first, and where
 * they are damaged all but 4 KiB of it, which a piped stream would throw away: that is what is left of a file that was
 * being written when the power went.
 *
 * @param gunzip of `newGunzip`
 * @throws what zlib says of such data, and whatever reading throws
 */
export async function* gunzipped(stored: AsyncIterable<Buffer>, gunzip: Gunzip): AsyncGenerator<Buffer> {
  const ready: Buffer[] = [];
  gunzip.on("data", (bytes: Buffer) => ready.push(bytes));
  let failure: Error | undefined;
  gunzip.on("error", (error) => {
    failure = error;
  });
  // Of damaged data zlib says so and closes, and never says that it is done with them.
  let goOn = () => {};
  const closed = new Promise<void>((resolve) => {
    gunzip.once("close", () => {
      resolve();
      goOn();
    });
  });
  for await (const bytes of stored) {
    for (let start = 0; start < bytes.length && failure === undefined; start += pieceBytes) {
      const piece = bytes.subarray(start, start + pieceBytes);
      await new Promise<void>((resolve) => {
        goOn = resolve;
        gunzip.write(piece, () => resolve());
      });
      yield* ready.splice(0);
    }
    if (failure !== undefined) break;
  }
  gunzip.end();
  await closed;
  yield* ready.splice(0);
  if (failure !== undefined) throw failure;
}
