import {
  backslash,
  closingBrace,
  closingBracket,
  comma,
  newline,
  openingBrace,
  openingBracket,
  quote,
} from "./json-bytes.ts";

/** How a value is found to end: at its last byte, or before something that cannot belong to it. */
export type ScanEnd = "after" | "before";

/** Finds the end of one value, byte by byte. Remembers where it is, so that the bytes may come in pieces. */
export interface Scan {
  /** Whether the value may go on behind the end of its line. */
  readonly spansLines: boolean;
  /** @returns undefined while the value goes on */
  take(byte: number): ScanEnd | undefined;
}

/** @param first byte of the value */
export function scanFor(first: number, inArray: boolean): Scan {
  if (first === openingBrace || first === openingBracket) return new BracketScan();
  return inArray ? new ElementScan() : lineScan;
}

/**
 * An object or array, whole when its brackets are closed. It may stand on many lines, but two things show that it was cut
 * short, and end it there, so that it takes no other message with it: a line break inside a string, which JSON does not
 * allow, and a line that begins with a brace, as the lines of NDJSON do.
 */
class BracketScan implements Scan {
  readonly spansLines = true;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #atLineStart = false;

  take(byte: number): ScanEnd | undefined {
    if (this.#quoted) return this.#takeQuoted(byte);
    if (byte === openingBrace && this.#atLineStart) return "before";
    this.#atLineStart = byte === newline;
    if (byte === quote) this.#quoted = true;
    else if (byte === openingBrace || byte === openingBracket) this.#depth += 1;
    else if (byte === closingBrace || byte === closingBracket) this.#depth -= 1;
    return this.#depth === 0 ? "after" : undefined;
  }

  #takeQuoted(byte: number): ScanEnd | undefined {
    if (byte === newline) return "before";
    if (this.#escaped) this.#escaped = false;
    else if (byte === backslash) this.#escaped = true;
    else if (byte === quote) this.#quoted = false;
    return undefined;
  }
}

/** Anything else in an array goes to the next comma, the end of the array or the end of the line. */
class ElementScan implements Scan {
  readonly spansLines = false;
  #quoted = false;
  #escaped = false;

  take(byte: number): ScanEnd | undefined {
    if (byte === newline) return "before";
    if (this.#escaped) this.#escaped = false;
    else if (this.#quoted && byte === backslash) this.#escaped = true;
    else if (byte === quote) this.#quoted = !this.#quoted;
    else if (!this.#quoted && (byte === comma || byte === closingBracket)) return "before";
    return undefined;
  }
}

/** Anything else outside an array is a line. */
const lineScan: Scan = {
  spansLines: false,
  take: (byte) => (byte === newline ? "before" : undefined),
};
