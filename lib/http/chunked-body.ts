const lineFeed = 0x0a;

/** Bytes that are kept of a line: the size of a chunk, without its extensions, is within them. */
const longestSize = 24;

/**
 * Finds where a body in chunks ends (RFC 9112 §7.1). Node's parser reads it too, and judges it: where they differ, for example
 * since it is broken, nothing but the place of a cut does.
 */
export class ChunkedBody {
  /** Bytes to come of a chunk's data, its line end included. */
  #data = 0;
  #line = "";
  #inTrailers = false;

  /** @returns how many bytes of the next piece belong to it: all, where it does not end there */
  take(piece: Buffer): number {
    let at = 0;
    while (at < piece.length) {
      if (this.#data > 0) {
        const rest = Math.min(this.#data, piece.length - at);
        this.#data -= rest;
        at += rest;
        continue;
      }
      const end = piece.indexOf(lineFeed, at);
      if (this.#line.length < longestSize) {
        this.#line += piece.toString(
          "latin1",
          at,
          end === -1 ? Math.min(piece.length, at + longestSize) : end,
        );
      }
      if (end === -1) return piece.length;
      at = end + 1;
      if (this.#endsWithLine()) return at;
    }
    return at;
  }

  #endsWithLine(): boolean {
    const line = this.#line.trimEnd();
    this.#line = "";
    if (this.#inTrailers) return line === "";
    const size = Number.parseInt(line, 16);
    if (size > 0) this.#data = size + "\r\n".length;
    else this.#inTrailers = true;
    return false;
  }
}
