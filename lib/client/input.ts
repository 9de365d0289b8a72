import { constants, createReadStream } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { gunzipped, newGunzip } from "./gunzipped.ts";
import { headBytes, headOf, type InputHead, isGzip } from "./input-head.ts";

/** Something to send, open or ready to be opened, of which no more is in memory than its beginning. */
export interface Input {
  /** Its first `headBytes` as they are stored, or all of it. */
  readonly head: Buffer;
  /** Bytes as they are stored; undefined where that is not known. */
  readonly size: number | undefined;
  /** Its bytes, decompressed. To be called once. @param from bytes that are left out */
  bytes(from: number): AsyncIterable<Buffer>;
  /** How many bytes `bytes(0)` gives in all, which for gzip is an estimate; undefined where nobody can know. */
  expectedBytes(): number | undefined;
  /**
   * What an upload that has come to this place knows the input by beside its head; undefined where nothing can be read again.
   *
   * @param offset in the decompressed bytes
   */
  markAt?(offset: number): Promise<InputMark>;
  /** Whether it still has what was before a mark. */
  hasMark?(mark: InputMark): Promise<boolean>;
}

/** The last bytes before a place in an input, as they are stored. */
export interface InputMark extends InputHead {
  /** The place: bytes from the beginning, as they are stored. */
  readonly end: number;
}

/**
 * Whether an input can be read again from any place, or only once from the beginning to the end.
 *
 * @param path `-` for standard input
 * @throws when there is no such file, or it is a directory, as the system says it
 */
export async function inputKind(path: string): Promise<"file" | "pipe"> {
  if (path === "-") return "pipe";
  // Not opened: whoever writes to a named pipe would take that for its reader, and be killed when it goes.
  await access(path, constants.R_OK);
  const found = await stat(path);
  if (found.isDirectory()) throw new Error("it is a directory");
  return found.isFile() ? "file" : "pipe";
}

export interface OpenInputOptions {
  readonly stdin: Readable;
  /** Whether a pipe has to be known again, for which more of its beginning must have come. */
  readonly remember: boolean;
  /** Aborted when a pipe's beginning should not be waited for any longer. */
  readonly stop: AbortSignal;
}

/**
 * @param path `-` for standard input
 * @throws when it cannot be opened or read, as the system says it
 */
export async function openInput(path: string, { stdin, remember, stop }: OpenInputOptions): Promise<Input> {
  if ((await inputKind(path)) === "file") return fileInput(path);
  // Whoever watches a pipe wants its messages sent as they come: two bytes show whether it is gzip.
  return pipedInput(path === "-" ? stdin : createReadStream(path), remember ? headBytes : 2, stop);
}

async function fileInput(path: string): Promise<Input> {
  await using file = await open(path);
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  const head = buffer.subarray(0, bytesRead);
  const hasMark = async (mark: InputMark) => (await markBefore(path, mark.end)).sha256 === mark.sha256;
  if (isGzip(head)) {
    const input = gzipInput(head, size, () => createReadStream(path));
    // What has been unpacked takes no more than what has been read for it.
    return { ...input, markAt: () => markBefore(path, input.storedRead()), hasMark };
  }
  return {
    head,
    size,
    bytes: (from) => createReadStream(path, { start: from, highWaterMark: 262_144 }),
    expectedBytes: () => size,
    markAt: (offset) => markBefore(path, offset),
    hasMark,
  };
}

async function markBefore(path: string, end: number): Promise<InputMark> {
  await using file = await open(path);
  const length = Math.min(headBytes, end);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, end - length);
  return { end, ...headOf(buffer.subarray(0, bytesRead)) };
}

async function pipedInput(pipe: Readable, wanted: number, stop: AbortSignal): Promise<Input> {
  const chunks = pipe.iterator()[Symbol.asyncIterator]();
  const stopped = new Promise<IteratorReturnResult<undefined>>((resolve) => {
    stop.addEventListener("abort", () => resolve({ done: true, value: undefined }), { once: true });
  });
  const first: Buffer[] = [];
  for (let length = 0; length < wanted; ) {
    const { value, done } = await Promise.race([chunks.next(), stopped]);
    if (done === true) break;
    first.push(value);
    length += value.length;
  }
  const begun = Buffer.concat(first);
  const head = begun.subarray(0, headBytes);
  const all = async function* (): AsyncGenerator<Buffer> {
    yield begun;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (isGzip(head)) return gzipInput(head, undefined, all);
  return { head, size: undefined, bytes: (from) => without(from, all()), expectedBytes: () => undefined };
}

function gzipInput(
  head: Buffer,
  size: number | undefined,
  stored: () => AsyncIterable<Buffer>,
): Input & { storedRead(): number } {
  const gunzip = newGunzip();
  let unpacked = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const bytes of gunzipped(stored(), gunzip)) {
      unpacked += bytes.length;
      yield bytes;
    }
  };
  return {
    head,
    size,
    bytes: (from) => without(from, counted()),
    storedRead: () => gunzip.bytesWritten,
    expectedBytes: () =>
      size === undefined || gunzip.bytesWritten === 0 ? undefined : (unpacked * size) / gunzip.bytesWritten,
  };
}

async function* without(from: number, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = from;
  for await (const piece of bytes) {
    if (piece.length > left) yield piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}
