import { GrowingBuffer } from "../server/growing-buffer.ts";
import { contentLength, type Environ, parseHeaderBlock, type ScgiLimits } from "./header-block.ts";
import type { ScgiErrorCode } from "./scgi-error.ts";

export type ScgiProgress =
  | { readonly kind: "incomplete" }
  | { readonly kind: "request"; readonly environ: Environ; readonly body: Buffer }
  /** For good: whatever follows, the answer stays the same. The environ is empty where it could not be read. */
  | { readonly kind: "error"; readonly code: ScgiErrorCode; readonly environ: Environ };

const incomplete: ScgiProgress = { kind: "incomplete" };
const nothing: Environ = new Map();

/** Digits of the netstring's length; more is no length that anybody means. */
const maxLengthDigits = 9;
const colon = 0x3a;
const comma = 0x2c;
const zero = 0x30;
const nine = 0x39;

/**
 * Reads one SCGI request (Schemenauer, revision 2008-06-23), without input or output: bytes in, however they are cut,
 * and what is known of the request out.
 *
 * A request that comes in one piece, as nearly all do, is read in place: its body is a view of that piece.
 */
export class ScgiParser {
  readonly #limits: ScgiLimits;
  readonly #received = new GrowingBuffer();
  #environ: Environ | undefined;
  #bodyLength = 0;
  /** Where the header block begins and ends; the body begins behind the comma. 0 while unknown. */
  #headersStart = 0;
  #headersEnd = 0;
  #progress: ScgiProgress = incomplete;

  constructor(limits: ScgiLimits) {
    this.#limits = limits;
  }

  /** Bytes of the body that are here. */
  get bodyReceived(): number {
    return this.#environ === undefined ? 0 : this.#received.length - this.#headersEnd - 1;
  }

  push(piece: Buffer): ScgiProgress {
    if (this.#progress.kind === "error" || piece.length === 0) return this.#progress;
    this.#progress = this.#progress.kind === "request" ? this.#error("bytes_after_body") : this.#read(piece);
    return this.#progress;
  }

  /** The sender has closed its side. */
  end(): ScgiProgress {
    if (this.#progress.kind === "incomplete") this.#progress = this.#error("premature_end");
    return this.#progress;
  }

  #read(piece: Buffer): ScgiProgress {
    this.#received.append(piece);
    if (this.#headersEnd === 0) {
      const code = this.#readLength(this.#received.bytes);
      if (code !== undefined) return this.#error(code);
    }
    if (this.#headersEnd === 0 || this.#received.length <= this.#headersEnd) return incomplete;
    if (this.#environ === undefined) {
      const code = this.#readHeaders(this.#received.bytes);
      if (code !== undefined) return this.#error(code);
    }
    return this.#environ === undefined ? incomplete : this.#readBody(this.#environ);
  }

  #readLength(bytes: Buffer): ScgiErrorCode | undefined {
    let length = 0;
    for (let index = 0; index <= maxLengthDigits; index += 1) {
      const byte = bytes[index];
      if (byte === undefined) return undefined;
      if (byte === colon && index > 0) return this.#setLength(length, index + 1);
      if (byte < zero || byte > nine) return "netstring_length_not_digits";
      if (index === 1 && length === 0) return "netstring_length_leading_zero";
      length = length * 10 + (byte - zero);
    }
    return "netstring_length_too_long";
  }

  #setLength(length: number, start: number): ScgiErrorCode | undefined {
    if (length > this.#limits.maxHeaderBytes) return "headers_too_large";
    this.#headersStart = start;
    this.#headersEnd = start + length;
    return undefined;
  }

  #readHeaders(bytes: Buffer): ScgiErrorCode | undefined {
    if (bytes[this.#headersEnd] !== comma) return "missing_comma";
    // Names and values are bytes; Latin-1 keeps each as one character.
    const block = bytes.toString("latin1", this.#headersStart, this.#headersEnd);
    const parsed = parseHeaderBlock(block, this.#limits.maxHeaders);
    if (typeof parsed === "string") return parsed;
    // Known from here on, also to whoever answers that the rest is wrong.
    this.#environ = parsed;
    const length = contentLength(parsed, this.#limits.maxBody);
    if (typeof length === "string") return length;
    this.#bodyLength = length;
    return undefined;
  }

  #readBody(environ: Environ): ScgiProgress {
    const start = this.#headersEnd + 1;
    const end = start + this.#bodyLength;
    if (this.#received.length < end) return incomplete;
    if (this.#received.length > end) return this.#error("bytes_after_body");
    return { kind: "request", environ, body: this.#received.bytes.subarray(start, end) };
  }

  #error(code: ScgiErrorCode): ScgiProgress {
    return { kind: "error", code, environ: this.#environ ?? nothing };
  }
}
