import { promisify } from "node:util";
import {
  brotliDecompress,
  constants,
  gunzip,
  type InputType,
  inflate,
  inflateRaw,
  type ZlibOptions,
  zstdDecompress,
} from "node:zlib";
import { Problem } from "./problem.ts";

/**
 * Undoes a coding, all of it: what is silently left out would be acknowledged and lost.
 *
 * @throws {Problem} 400 for a body that is well and still not taken
 * @throws {RangeError} when more than `maxLength` bytes come out
 * @throws {Error} when they are not of that coding, or something else stands behind it
 */
export type Decoder = (bytes: Uint8Array, maxLength: number) => Promise<Uint8Array>;

/** By content coding (RFC 9110 §8.4.1, and zstd by RFC 8878). Off the main thread: a bomb costs nobody else time. */
export const decoders: ReadonlyMap<string, Decoder> = new Map([
  ["gzip", decodeGzip],
  ["x-gzip", decodeGzip],
  ["deflate", decodeDeflate],
  ["br", decodeBrotli],
  ["zstd", decodeZstd],
]);

/**
 * Frames of zstd in one body, but for those that are skipped. Node 24 undoes them one by one, each with a trip to another thread,
 * and a megabyte could hold a hundred thousand empty ones. Node 26 undoes all at once, and they are one to us.
 */
const maxFrames = 100;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Any number of members (RFC 1952 §2.2), and the NULs that tapes fill up with. What is not gzip at all is left as it is. */
export async function decodeGzip(bytes: Uint8Array, maxLength: number): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  const { decoded, rest } = await decodeFirst(gunzip, bytes, maxLength);
  if (rest.some((byte) => byte !== 0)) throw somethingBehind();
  return decoded;
}

/** `deflate` is the zlib format (RFC 9110 §8.4.1.2), but some clients send bare deflate data. */
function decodeDeflate(bytes: Uint8Array, maxLength: number): Promise<Uint8Array> {
  const [first = 0, second = 0] = bytes;
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  return decodeOnly(isZlib ? inflate : inflateRaw, bytes, maxLength);
}

function decodeBrotli(bytes: Uint8Array, maxLength: number): Promise<Uint8Array> {
  return decodeOnly(brotliDecompress, bytes, maxLength);
}

/** Any number of frames, of which some may be there only to be skipped (RFC 8878 §3): `pzstd` begins with such. */
async function decodeZstd(bytes: Uint8Array, maxLength: number): Promise<Uint8Array> {
  const frames: Uint8Array[] = [];
  let left = maxLength;
  for (let rest = afterSkippable(bytes); frames.length === 0 || rest.length > 0; ) {
    if (frames.length === maxFrames) throw tooManyFrames();
    const frame = await decodeFirst(decompressFrame, rest, left);
    frames.push(frame.decoded);
    left -= frame.decoded.length;
    rest = afterSkippable(frame.rest);
  }
  return frames.length === 1 && frames[0] !== undefined ? frames[0] : Buffer.concat(frames);
}

function tooManyFrames(): Problem {
  const detail = `A body in zstd may have at most ${maxFrames} frames; compress all of it together.`;
  return new Problem("invalid_encoding", detail, { field: "Content-Encoding" });
}

/** What follows the frames at the beginning that have nothing in them for us (RFC 8878 §3.1.2). */
function afterSkippable(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  const view = new DataView(buffer, byteOffset, byteLength);
  let at = 0;
  while (at + 8 <= byteLength && view.getUint32(at, true) >>> 4 === 0x184d2a5) {
    at += 8 + view.getUint32(at + 4, true);
  }
  if (at > byteLength) throw new Error("a skippable frame is cut short");
  return bytes.subarray(at);
}

const decompressFrame: Decompress = (bytes, options, callback) => {
  // RFC 8878 §3.1.1.1.2: a decoder should refuse windows above 8 MB, or a small frame makes it allocate at will.
  zstdDecompress(bytes, { ...options, params: { [constants.ZSTD_d_windowLogMax]: 23 } }, callback);
};

async function decodeOnly(decompress: Decompress, bytes: Uint8Array, maxLength: number): Promise<Uint8Array> {
  const { decoded, rest } = await decodeFirst(decompress, bytes, maxLength);
  if (rest.length > 0) throw somethingBehind();
  return decoded;
}

function somethingBehind(): Error {
  return new Error("something stands behind what is compressed");
}

type Decompress = (
  bytes: InputType,
  options: Pick<ZlibOptions, "maxOutputLength" | "info">,
  callback: (error: Error | null, result: Buffer) => void,
) => void;

/** What `info` makes of the result. */
interface Info {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Node stops behind the first stream, but for gzip and in Node 26 for zstd, and says nothing of the rest. */
async function decodeFirst(
  decompress: Decompress,
  bytes: Uint8Array,
  maxLength: number,
): Promise<{ readonly decoded: Uint8Array; readonly rest: Uint8Array }> {
  const options = { maxOutputLength: Math.max(1, maxLength), info: true };
  const { buffer, engine } = (await promisify(decompress)(bytes, options)) as unknown as Info;
  if (buffer.length > maxLength) throw new RangeError("too much comes out");
  if (engine.bytesWritten === 0 && bytes.length > 0) throw new Error("nothing could be read");
  return { decoded: buffer, rest: bytes.subarray(engine.bytesWritten) };
}
