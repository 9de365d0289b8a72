// The characters that give JSON its structure (RFC 8259 §2), as bytes of UTF-8: none is part of another character.
export const quote = 0x22;
export const comma = 0x2c;
export const openingBracket = 0x5b;
const backslash = 0x5c;
export const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** What is known of a value in JSON before it is parsed. */
export interface ValueScan {
  /** Offset behind it: of a comma, of a bracket that it did not open, or of the end of the text. */
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
    if (byte === quote) at = endOfString(text, at);
    else if (byte === openingBracket || byte === openingBrace) {
      level += 1;
      if (level > depth) depth = level;
    } else if (byte === closingBracket || byte === closingBrace) {
      if (level === 0) break;
      level -= 1;
    } else if (byte === comma && level === 0) break;
  }
  return { end: at, depth };
}

/** Where the string that starts at a quote ends, or the text. */
export function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}
