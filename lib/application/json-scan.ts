// The characters that give JSON its structure (RFC 8259 §2), as bytes of UTF-8: none is part of another character.
export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openingBracket = 0x5b;
const backslash = 0x5c;
export const closingBracket = 0x5d;
export const openingBrace = 0x7b;
export const closingBrace = 0x7d;

/** RFC 8259 §2: a space, tab, line feed or carriage return, and nothing else. */
function isWhiteSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Where the first byte is that is none, `end` at most. */
export function skipWhiteSpace(text: Uint8Array, start: number, end = text.length): number {
  let at = start;
  while (at < end && isWhiteSpace(text[at])) at += 1;
  return at;
}

/** What is known of a value in JSON before it is parsed. */
export interface ValueScan {
  /**
   * Offset behind it: of a comma, of a bracket that it did not open, or of the end of the text; or further than that where
   * the quotes do not pair up, so that nobody can tell what stands in them.
   */
  readonly end: number;
  /** Levels of brackets in it. */
  readonly depth: number;
}

/** Goes through one value by its brackets, commas and quotes alone, and builds nothing. */
export function scanValue(text: Uint8Array, start: number): ValueScan {
  let level = 0;
  let depth = 0;
  let at = start;
  for (; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === quote) {
      at = endOfString(text, at);
      if (!endsString(text[skipWhiteSpace(text, at + 1)])) return { end: text.length + 1, depth };
    } else if (byte === openingBracket || byte === openingBrace) {
      level += 1;
      if (level > depth) depth = level;
    } else if (byte === closingBracket || byte === closingBrace) {
      if (level === 0) break;
      level -= 1;
    } else if (byte === comma && level === 0) break;
  }
  return { end: at, depth };
}

/** Whether it may stand behind a string. Where a quote is missing, what follows is the text of the next string. */
function endsString(byte: number | undefined): boolean {
  return (
    byte === comma || byte === colon || byte === closingBrace || byte === closingBracket || byte === undefined
  );
}

/** Where the string that starts at a quote ends, or the text. */
export function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}
