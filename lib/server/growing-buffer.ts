const empty = Buffer.alloc(0);

/** Bytes of a block at most, unless a piece is larger. */
const blockSize = 65_536;

/**
 * Bytes that arrive in pieces. Holds at most what has arrived and as much again up to 64 KiB, whatever the sender has
 * announced and however small its pieces; a single piece is kept as it is, without a copy.
 */
export class GrowingBuffer {
  #blocks: Buffer[] = [];
  /** Bytes at the end of the last block that are not filled. */
  #room = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What has arrived so far, in one piece: put together anew whenever it has outgrown a block. */
  get bytes(): Buffer {
    if (this.#blocks.length > 1) {
      this.#blocks = [Buffer.concat(this.#blocks, this.#length)];
      this.#room = 0;
    }
    const [block = empty] = this.#blocks;
    return block.length === this.#length ? block : block.subarray(0, this.#length);
  }

  append(piece: Buffer): void {
    if (piece.length === 0) return;
    const rest = this.#fill(piece);
    if (this.#blocks.length === 0) {
      this.#blocks = [piece];
    } else if (rest.length > 0) {
      const block = Buffer.allocUnsafeSlow(Math.max(rest.length, Math.min(this.#length, blockSize)));
      block.set(rest);
      this.#blocks.push(block);
      this.#room = block.length - rest.length;
    }
    this.#length += piece.length;
  }

  /**
   * The first piece is the sender's memory, exactly filled, so it is never written to.
   *
   * @returns what the last block has no room for
   */
  #fill(piece: Buffer): Buffer {
    const last = this.#blocks.at(-1);
    if (last === undefined || this.#room === 0) return piece;
    const fitting = piece.subarray(0, this.#room);
    last.set(fitting, last.length - this.#room);
    this.#room -= fitting.length;
    return piece.subarray(fitting.length);
  }
}
