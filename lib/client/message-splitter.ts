import { type Scan, scanFor } from "./bracket-scan.ts";
import { closingBracket, comma, newline, openingBracket, whiteSpace } from "./json-bytes.ts";
import { isJson } from "./parsed-json.ts";
import { beginning, type Position } from "./position.ts";
import type { SplitMessage } from "./split-message.ts";

const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];

/** Bytes that are kept of a message that is too long: enough to recognise it by. */
const excerptBytes = 1_024;

interface OpenValue {
  readonly position: Position;
  readonly scan: Scan;
  /** Its beginning, once it has turned out too long to be held. */
  excerpt?: Buffer;
}

/**
 * Takes an input apart into messages: a JSON array, values on lines of their own (NDJSON), or values one after the other,
 * on as many lines as they like. There is no I/O in it: bytes go in, in pieces of any size, messages come out, and no more
 * is held than one message of `maxLength`.
 *
 * It judges nothing, the gateway does. It only sees to it that what is broken ends at the end of its line, and that an
 * input which was cut short gives all that is whole in it, and nothing else.
 */
export class MessageSplitter {
  readonly #maxLength: number;
  /** What was not used up, from `#offset` of the input on. */
  #bytes: Buffer = Buffer.alloc(0);
  #offset: number;
  #line: number;
  #index: number;
  #inArray: boolean;
  #mayBeOver: boolean;
  /** The next byte of `#bytes` to look at. */
  #at = 0;
  #value: OpenValue | undefined;

  /**
   * @param maxLength bytes of one message
   * @param from where the bytes that will come begin
   */
  constructor(maxLength: number, from: Position = beginning) {
    this.#maxLength = maxLength;
    this.#offset = from.offset;
    this.#line = from.line;
    this.#index = from.index;
    this.#inArray = from.inArray;
    this.#mayBeOver = from.mayBeOver;
  }

  /** Whether an array has begun whose end has certainly not been seen. */
  get inOpenArray(): boolean {
    return this.#inArray && !this.#mayBeOver;
  }

  *push(bytes: Buffer): Generator<SplitMessage> {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      this.#value ??= this.#begin();
      if (this.#value === undefined) break;
      if (this.#seekEnd(this.#value)) yield this.#finish(this.#value);
      else if (this.#seen(this.#value) <= this.#maxLength) break;
      else if (this.#isBrokenLine(this.#value)) yield this.#finish(this.#value);
      else {
        this.#value.excerpt ??= Buffer.from(this.#excerptOf(this.#value));
        break;
      }
    }
    this.#forgetUsed();
  }

  /** Whether a message has begun that has not ended. */
  get inMessage(): boolean {
    return this.#value !== undefined;
  }

  /** What was left open when the input ended, but for a message that was cut short: of that more may come. */
  *end(): Generator<SplitMessage> {
    while (this.#value !== undefined && !this.#isCutShort(this.#value)) {
      yield this.#finish(this.#value);
      yield* this.push(Buffer.alloc(0));
    }
  }

  /** Passes what stands between messages. @returns undefined where nothing else is there */
  #begin(): OpenValue | undefined {
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at] ?? newline;
      if (byte === newline) this.#line += 1;
      else if (byte === comma && this.#inArray) this.#mayBeOver = false;
      else if (byte === closingBracket && this.#inArray) this.#inArray = false;
      else if (byte === openingBracket && !this.#inArray) this.#inArray = true;
      else if (!this.#isSeparator(byte)) {
        return { position: this.#position(this.#at), scan: scanFor(byte, this.#inArray) };
      }
    }
    return undefined;
  }

  #isSeparator(byte: number): boolean {
    if (whiteSpace.has(byte)) return true;
    const offset = this.#offset + this.#at;
    return offset < byteOrderMark.length && byte === byteOrderMark[offset];
  }

  /** @returns whether the value ends before `#at` */
  #seekEnd({ scan }: OpenValue): boolean {
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at] ?? newline;
      const end = scan.take(byte);
      if (end === "before") return true;
      if (byte === newline) this.#line += 1;
      if (end === "after") {
        this.#at += 1;
        return true;
      }
    }
    return false;
  }

  #finish(value: OpenValue): SplitMessage {
    if (this.#isBrokenLine(value)) this.#returnToFirstLine(value);
    const tooLong = value.excerpt !== undefined || this.#seen(value) > this.#maxLength;
    const text = tooLong ? (value.excerpt ?? this.#excerptOf(value)) : trimEnd(this.#textOf(value));
    this.#value = undefined;
    this.#index += 1;
    this.#mayBeOver = this.#inArray && (tooLong || isBrokenBefore(closingBracket, text));
    return { position: value.position, next: this.#position(this.#at), text, tooLong };
  }

  /**
   * Whether a value on many lines that has not ended well is rather a line of NDJSON that was cut short: then the line
   * after it is JSON by itself.
   */
  #isBrokenLine(value: OpenValue): boolean {
    if (value.excerpt !== undefined) return false;
    const text = this.#textOf(value).subarray(0, this.#maxLength);
    const first = text.indexOf(newline);
    if (first === -1) return false;
    const second = text.indexOf(newline, first + 1);
    const line = text.subarray(first + 1, second === -1 ? text.length : second).toString();
    return line.trimStart().startsWith("{") && isJson(line) && !isJson(text.toString());
  }

  /**
   * Whether the end of the input cut it short. In an array a comma or bracket would follow. Elsewhere a line that has its end
   * is all there will be of it, however broken, unless it is one of many of the same value.
   */
  #isCutShort(value: OpenValue): boolean {
    if (this.#isBrokenLine(value)) return false;
    if (value.position.inArray) return true;
    if (value.excerpt !== undefined || !value.scan.spansLines) return false;
    const text = this.#textOf(value);
    return text.at(-1) !== newline || trimEnd(text).includes(newline);
  }

  #returnToFirstLine({ position }: OpenValue): void {
    this.#at = this.#bytes.indexOf(newline, position.offset - this.#offset);
    this.#line = position.line;
  }

  #seen({ position }: OpenValue): number {
    return this.#offset + this.#at - position.offset;
  }

  #textOf({ position }: OpenValue): Buffer {
    return this.#bytes.subarray(position.offset - this.#offset, this.#at);
  }

  #excerptOf(value: OpenValue): Buffer {
    return this.#textOf(value).subarray(0, Math.min(excerptBytes, this.#maxLength));
  }

  #position(at: number): Position {
    return {
      offset: this.#offset + at,
      line: this.#line,
      index: this.#index,
      inArray: this.#inArray,
      mayBeOver: this.#mayBeOver,
    };
  }

  #forgetUsed(): void {
    const open = this.#value !== undefined && this.#value.excerpt === undefined ? this.#value : undefined;
    const used = open === undefined ? this.#at : open.position.offset - this.#offset;
    this.#bytes = this.#bytes.subarray(used);
    this.#offset += used;
    this.#at -= used;
  }
}

function isBrokenBefore(last: number, text: Buffer): boolean {
  return text.at(-1) === last && !isJson(text.toString());
}

function trimEnd(text: Buffer): Buffer {
  let length = text.length;
  while (whiteSpace.has(text[length - 1] ?? 0)) length -= 1;
  return text.subarray(0, length);
}
