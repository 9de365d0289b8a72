import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Problem } from "../application/problem.ts";

/** Whom what is parsed is for. */
export interface StreamOwner {
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

/** @param socket as Node's HTTP server knows it */
export function ownerOf(socket: Duplex): StreamOwner | undefined {
  return socket instanceof HttpStream ? socket.owner : undefined;
}

/**
 * What Node's HTTP server has in place of the socket. By itself it parses whatever comes, wanted or not, and closes right
 * behind the last answer: what is still unread, or comes later, would reset the connection and destroy the answer on
 * its way (RFC 9112 §9.6). Here nothing is parsed any more once it is not wanted, and behind the last answer only this side is
 * closed.
 */
export class HttpStream extends Duplex {
  readonly owner: StreamOwner;
  readonly #socket: Socket;
  #discards = false;

  constructor(socket: Socket, owner: StreamOwner) {
    super({ allowHalfOpen: true, decodeStrings: false });
    this.#socket = socket;
    this.owner = owner;
  }

  /** Begins to read. */
  open(): void {
    this.#socket.on("data", (piece: Buffer) => this.#receive(piece));
    this.#socket.on("end", () => this.#receiveEnd());
    this.#socket.on("close", () => this.destroy());
  }

  /** What comes from now on is thrown away, unparsed. */
  discard(): void {
    this.#discards = true;
  }

  #receive(piece: Buffer): void {
    if (this.#discards) return;
    // Not by way of the stream's own buffer, while nothing waits there: that takes as long as parsing.
    if (this.readableFlowing === true && this.readableLength === 0) this.emit("data", piece);
    else if (!this.push(piece)) this.#socket.pause();
  }

  #receiveEnd(): void {
    if (!this.#discards) this.push(null);
  }

  override _read(): void {
    this.#socket.resume();
  }

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
    this.#socket.resume();
    this.owner.ended();
    this.#socket.end(() => ended());
  }

  override _destroy(error: Error | null, destroyed: WriteCallback): void {
    this.#socket.destroy();
    destroyed(error);
  }
}
