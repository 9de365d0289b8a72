const blankLine = "\r\n\r\n";

/**
 * The bytes of a piece up to where a head may end: with its first blank line (RFC 9112 §2.1). A piece that begins with line ends
 * may begin within that line, so it is cut behind them; empty lines before a request (RFC 9112 §2.2) are so by themselves.
 */
export function throughBlankLine(piece: Buffer): Buffer {
  const textAt = piece.findIndex((byte) => !isLineEnd(byte));
  if (textAt !== 0) return textAt === -1 ? piece : piece.subarray(0, textAt);
  const at = piece.indexOf(blankLine);
  return at === -1 ? piece : piece.subarray(0, at + blankLine.length);
}

export function isLineEnd(byte: number): boolean {
  return byte === 0x0d || byte === 0x0a;
}
