import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Problem } from "../application/problem.ts";
import { throughBlankLine } from "./through-blank-line.ts";
import type { TurnQueue } from "./turn-queue.ts";

/** Whom what is parsed is for. */
export interface StreamOwner {
  /** Whether more may be parsed now; when there is room again, it says so by `retry`. */
  readonly hasRoom: boolean;
  /** Of a body that says its length, which Node hands over as it comes, how many bytes are to come. */
  readonly bodyBytes: number;
  /** How many bytes of a piece, which are parsed next, belong to a body in chunks; undefined where none is under way. */
  takeChunks(piece: Buffer): number | undefined;
  /** Some bytes are about to be parsed. */
  parses(bytes: Buffer): void;
  /** A request's head has come; its body follows in the message. */
  request(message: IncomingMessage, response: ServerResponse, expectsContinue?: boolean): void;
  /** Something has come that Node makes no exchange of. */
  part(problem: Problem): void;
  /** Node's parser, or the connection, has failed. */
  fail(error: Error): void;
  /** The last answer is out and our side closed: the client's is still to be. */
  ended(): void;
}

type WriteCallback = (error?: Error | null) => void;

interface Written {
  readonly chunk: string | Uint8Array;
  readonly encoding: BufferEncoding;
}

/** Bytes that are parsed in one go at most, where it is not known what they are. */
const sliceSize = 2_048;

/** Parts of one read behind which the others have their turn. */
const laborious = 64;

/** @param socket as Node's HTTP server knows it */
export function ownerOf(socket: Duplex): StreamOwner | undefined {
  return socket instanceof HttpStream ? socket.owner : undefined;
}

/**
 * What Node's HTTP server has in place of the socket. By itself it parses whatever comes, wanted or not, and closes right
 * behind the last answer: what is still unread, or comes later, would reset the connection and destroy the answer on
 * its way (RFC 9112 §9.6). Here nothing is parsed any more once it is not wanted, and behind the last answer only this side is
 * closed.
 *
 * Node also parses all of a piece in one go, 64 KiB, and each chunk of a body (RFC 9112 §7.1) takes it as long as thousands of
 * bytes do: a few uploads in chunks of one byte would keep everybody waiting for seconds. So of all but a body that says its
 * length it is given slices, and behind many parts the others have their turn. No slice is of two messages, so that the owner
 * can tell which one each is of.
 */
export class HttpStream extends Duplex {
  readonly owner: StreamOwner;
  readonly #socket: Socket;
  readonly #turns: TurnQueue;
  /** What has come and is not parsed yet. Meanwhile no more is read. */
  #pending: Buffer | undefined;
  /** What Node has made of the last slice. */
  #sliceParts = 0;
  /** What it has made of all slices since the last read, or turn. */
  #parts = 0;
  /** Whether Node, or the owner, has no use for more until it says so. */
  #isStalled = false;
  #hasEnded = false;
  #discards = false;

  /** @param turns shared by all streams of a door */
  constructor(socket: Socket, owner: StreamOwner, turns: TurnQueue) {
    super({ allowHalfOpen: true, decodeStrings: false });
    this.#socket = socket;
    this.owner = owner;
    this.#turns = turns;
    // The socket's own failure ends it; but Node takes its listener away from what it takes for a tunnel.
    this.on("error", () => {});
  }

  /** Begins to read. */
  open(): void {
    this.#socket.on("data", (piece: Buffer) => this.#receive(piece));
    this.#socket.on("end", () => this.#receiveEnd());
    this.#socket.on("close", () => this.destroy());
  }

  /** Whether something waits to be parsed. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** What comes from now on is thrown away, unparsed, as is what has come. */
  discard(): void {
    this.#discards = true;
    this.#pending = undefined;
    this.#socket.resume();
  }

  /**
   * Counts what Node has made of the bytes: the head of a request, or a piece of a body.
   *
   * @returns whether it is one more of the same slice, so that it is the client who has cut it off, and no read
   */
  countPart(): boolean {
    this.#parts += 1;
    this.#sliceParts += 1;
    return this.#sliceParts > 1;
  }

  /** Node's, which has paused it where a message or the answers have more than they can hold. */
  override resume(): this {
    super.resume();
    this.retry();
    return this;
  }

  /** The owner has room again. Unlike `resume` it leaves what Node has paused as it is. */
  retry(): void {
    if (!this.#isStalled) return;
    this.#isStalled = false;
    process.nextTick(() => this.#parse());
  }

  #receive(piece: Buffer): void {
    if (this.#discards) return;
    this.#parts = 0;
    this.#pending = piece;
    this.#parse();
  }

  #receiveEnd(): void {
    this.#hasEnded = true;
    if (this.#pending === undefined && !this.#discards) this.push(null);
  }

  /** A part may be counted only after what Node has in its queue for this tick. */
  #parse(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    if (this.readableFlowing !== true || !this.owner.hasRoom) {
      this.#isStalled = true;
      this.#socket.pause();
    } else if (this.#parts > laborious) {
      this.#parts = 0;
      this.#socket.pause();
      this.#turns.take(() => this.#parse());
    } else {
      this.#parseSlice(pending);
    }
  }

  #parseSlice(pending: Buffer): void {
    const slice = this.#firstSlice(pending);
    const isAll = slice.length === pending.length;
    this.#pending = isAll ? undefined : pending.subarray(slice.length);
    if (!isAll) this.#socket.pause();
    this.#sliceParts = 0;
    this.owner.parses(slice);
    // Not by way of the stream's own buffer, where nothing ever waits: that takes as long as parsing.
    this.emit("data", slice);
    if (this.#pending !== undefined) process.nextTick(() => this.#parse());
    else if (this.#hasEnded) this.#receiveEnd();
    else this.#socket.resume();
  }

  /** Of one message only: its head, or of its body what has come. */
  #firstSlice(pending: Buffer): Buffer {
    const { bodyBytes } = this.owner;
    if (bodyBytes > 0) return pending.subarray(0, bodyBytes);
    const piece = pending.subarray(0, sliceSize);
    const chunks = this.owner.takeChunks(piece);
    return chunks === undefined ? throughBlankLine(piece) : piece.subarray(0, chunks);
  }

  override _read(): void {}

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, written: WriteCallback): void {
    this.#socket.write(chunk, encoding, written);
  }

  override _writev(chunks: readonly Written[], written: WriteCallback): void {
    // Node ends each answer with an empty one.
    const filled = chunks.filter(({ chunk }) => chunk.length > 0);
    const last = filled.pop();
    if (last === undefined) {
      written();
      return;
    }
    this.#socket.cork();
    for (const { chunk, encoding } of filled) this.#socket.write(chunk, encoding);
    this.#socket.write(last.chunk, last.encoding, written);
    this.#socket.uncork();
  }

  override _final(ended: WriteCallback): void {
    this.discard();
    this.owner.ended();
    this.#socket.end(() => ended());
  }

  override _destroy(error: Error | null, destroyed: WriteCallback): void {
    this.discard();
    this.#socket.destroy();
    destroyed(error);
  }
}
