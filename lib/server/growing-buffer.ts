const empty = Buffer.alloc(0);

/**
 * Bytes that arrive in pieces. Holds at most twice what has arrived, whatever the sender has announced and however
 * small its pieces; a single piece is kept as it is, without a copy.
 */
export class GrowingBuffer {
  #bytes: Buffer = empty;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What has arrived so far. Valid until the next `append`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  append(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (this.#length === 0) {
      this.#bytes = piece;
    } else {
      if (length > this.#bytes.length) this.#grow(length);
      this.#bytes.set(piece, this.#length);
    }
    this.#length = length;
  }

  /** The first piece is the sender's memory, exactly filled, so it is never written to. */
  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#bytes.length * 2));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
