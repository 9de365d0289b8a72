// The characters that give JSON its structure (RFC 8259 §2), as bytes of UTF-8: none is part of another character.
export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openingBrace = 0x7b;
export const openingBracket = 0x5b;
export const closingBrace = 0x7d;
export const closingBracket = 0x5d;
export const space = 0x20;
export const newline = 0x0a;
/** Other bytes that show nothing are damage, such as the zeroes that a power failure leaves in a file. */
export const whiteSpace: ReadonlySet<number> = new Set([space, 0x09, newline, 0x0d]);
