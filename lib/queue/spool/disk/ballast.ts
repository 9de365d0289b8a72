import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statSync, writeSync } from "node:fs";

/** Bytes with which a spool on a full disk can be opened and drained, if slowly. */
const leastBytes = 1_048_576;

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

  /** @returns whether there was any */
  throwOff(): boolean {
    const was = existsSync(this.#path);
    rmSync(this.#path, { force: true });
    this.#held = false;
    return was;
  }

  /** @returns whether it is held now; false when there is no room */
  takeOn(): boolean {
    this.#held ||= this.#write(this.#bytes);
    return this.#held;
  }

  /**
   * For while the program does not run: whatever room it leaves on a full disk others may take, and then it could not be
   * opened. Where there is no room for all, this is as much as that takes, and is not `held`.
   */
  takeOnLeast(): void {
    if (!this.takeOn()) this.#write(Math.min(leastBytes, this.#bytes));
  }

  #write(bytes: number): boolean {
    try {
      this.#writeSynced(bytes);
      return true;
    } catch {
      this.throwOff();
      return false;
    }
  }

  #writeSynced(bytes: number): void {
    const descriptor = openSync(this.#path, "w", 0o600);
    try {
      // Random, so that no file system stores it as a hole or compresses it away.
      const block = randomBytes(1_048_576);
      for (let left = bytes; left > 0; )
        left -= writeSync(descriptor, block, 0, Math.min(left, block.length));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}
