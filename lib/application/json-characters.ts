// The characters that give JSON its structure (RFC 8259 §2), as bytes of UTF-8 and as UTF-16 code units alike.
export const quote = 0x22;
export const comma = 0x2c;
export const openingBracket = 0x5b;
export const backslash = 0x5c;
export const closingBracket = 0x5d;
export const openingBrace = 0x7b;
export const closingBrace = 0x7d;
