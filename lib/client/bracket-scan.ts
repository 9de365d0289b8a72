import {
  backslash,
  closingBrace,
  closingBracket,
  colon,
  comma,
  newline,
  openingBrace,
  openingBracket,
  quote,
  whiteSpace,
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

/** A line of nothing but brackets may have any length, and must not be held. */
const levelsKnown = 1_000;

/** @param first byte of the value */
export function scanFor(first: number, inArray: boolean): Scan {
  if (first === openingBrace || first === openingBracket) return new BracketScan();
  return inArray ? new ElementScan() : lineScan;
}

/**
 * An object or array, whole when its brackets are closed. It may stand on many lines, but two things show that it was cut
 * short, and end it there, so that it takes no other message with it: a line break inside a string, which JSON does not
 * allow, and a line that begins with a brace, as the lines of NDJSON do, where no value can stand.
 */
class BracketScan implements Scan {
  readonly spansLines = true;
  #depth = 0;
  /** Those that are open, from the outermost on, but for some levels that are deeper than anybody's. */
  readonly #open: number[] = [];
  #quoted = false;
  #escaped = false;
  #atLineStart = false;
  /** The last byte that is no white space. */
  #last = 0;

  take(byte: number): ScanEnd | undefined {
    if (this.#quoted) return this.#takeQuoted(byte);
    if (byte === openingBrace && this.#atLineStart && !this.#mayBegin()) return "before";
    this.#atLineStart = byte === newline;
    if (!whiteSpace.has(byte)) this.#last = byte;
    if (byte === quote) this.#quoted = true;
    else if (byte === openingBrace || byte === openingBracket) this.#enter(byte);
    else if (byte === closingBrace || byte === closingBracket) this.#depth -= 1;
    return this.#depth === 0 ? "after" : undefined;
  }

  #enter(bracket: number): void {
    if (this.#depth < levelsKnown) this.#open[this.#depth] = bracket;
    this.#depth += 1;
  }

  /** Whether a value may begin here: what was cut short rarely ends so. */
  #mayBegin(): boolean {
    if (this.#open[this.#depth - 1] === openingBrace) return this.#last === colon;
    return this.#last === comma || this.#last === openingBracket;
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
