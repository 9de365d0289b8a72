import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from "node:fs";

/**
 * A file that only takes up room. On a full disk SQLite cannot even delete, since a deletion is written to its log
 * first: the spool could never drain. Throwing the ballast off gives it room to. It is taken on again when there is
 * room to spare.
 */
export class Ballast {
  readonly #path: string;
  readonly #bytes: number;
  #held: boolean;

  /** @param bytes above what SQLite's log holds before it is copied into the database (4 MiB), to have an effect */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
    this.#held = statSync(path, { throwIfNoEntry: false })?.size === bytes;
  }

  get held(): boolean {
    return this.#held;
  }

  throwOff(): void {
    rmSync(this.#path, { force: true });
    this.#held = false;
  }

  /** @returns whether it is held now; false when there is no room */
  takeOn(): boolean {
    if (this.#held) return true;
    try {
      this.#write();
      this.#held = true;
    } catch {
      this.throwOff();
    }
    return this.#held;
  }

  #write(): void {
    const descriptor = openSync(this.#path, "w", 0o600);
    try {
      // Random, so that no file system stores it as a hole or compresses it away.
      const block = randomBytes(1_048_576);
      for (let left = this.#bytes; left > 0; )
        left -= writeSync(descriptor, block, 0, Math.min(left, block.length));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}
