import { newline, space } from "./json-bytes.ts";
import type { SplitMessage } from "./split-message.ts";

/** What goes into one request at most. */
export interface BatchLimits {
  readonly messages: number;
  /** Of the body. One message alone may have more. */
  readonly bytes: number;
}

const lineEnd = Buffer.from("\n");

/** Messages of one request, as many as the limits allow. */
export class Batch<Entry extends { readonly message: SplitMessage }> {
  readonly #limits: BatchLimits;
  readonly #entries: Entry[] = [];
  #bytes = 0;
  #isFull = false;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** @returns false, without adding it, when there is no room for it, and from then on for no other, to keep their order */
  add(entry: Entry): boolean {
    const bytes = this.#bytes + entry.message.text.length + lineEnd.length;
    if (this.#entries.length > 0 && bytes > this.#limits.bytes) this.#isFull = true;
    if (this.#isFull) return false;
    this.#bytes = bytes;
    this.#entries.push(entry);
    this.#isFull = this.#entries.length >= this.#limits.messages;
    return true;
  }
}

/** The body of a request: each message on one line, however many it had. */
export function ndjson(messages: readonly SplitMessage[]): Buffer {
  const lines = messages.flatMap(({ text }) => [onOneLine(text), lineEnd]);
  return Buffer.concat(looksEncoded(messages[0]) ? [lineEnd, ...lines] : lines);
}

/**
 * Whether a damaged message begins as a byte order mark or gzip does. At the beginning of a body a gateway would take it for that:
 * then the results would be of other messages, or none of the body could be read.
 */
function looksEncoded(message: SplitMessage | undefined): boolean {
  const first = message?.text[0];
  return first === 0xef || first === 0x1f;
}

/** Line breaks in JSON are white space between tokens, never inside a string, so a space says the same. */
function onOneLine(text: Buffer): Uint8Array {
  return text.includes(newline) ? text.map((byte) => (byte === newline ? space : byte)) : text;
}
