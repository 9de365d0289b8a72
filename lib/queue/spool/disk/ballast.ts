import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { isLackOfRoom } from "../../../platform/file-failure.ts";

/** Bytes with which a spool on a full disk can be opened and drained, if slowly. */
const leastBytes = 1_048_576;

/** Tries that are left out at most after one that wrote in vain: each wears the disk. */
const mostLeftOut = 31;

/**
 * A file that only takes up room. On a full disk SQLite cannot even delete, since a deletion is written to its log
 * first: the spool could never drain. Throwing the ballast off gives it room to. It is taken on again when there is
 * room to spare.
 */
export class Ballast {
  readonly #path: string;
  readonly #bytes: number;
  #held: boolean;
  #failure: unknown;
  #triesInVain = 0;
  #leaveOut = 0;

  /** @param bytes above what SQLite's log holds before it is copied into the database (4 MiB), to have an effect */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
    this.#held = statSync(path, { throwIfNoEntry: false })?.size === bytes;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Why it is not held, other than for want of room; undefined where that is all. */
  get failure(): unknown {
    return this.#held || isLackOfRoom(this.#failure) ? undefined : this.#failure;
  }

  /** Where it stands. */
  get folder(): string {
    return dirname(this.#path);
  }

  /** @returns whether there was any, and is none now */
  throwOff(): boolean {
    this.#held = false;
    const was = existsSync(this.#path);
    try {
      rmSync(this.#path, { force: true });
      return was;
    } catch {
      return false;
    }
  }

  /**
   * Nothing is written where the system says that there is no room. Where it says that there is, and there is none (a quota), or
   * the disk fails, later tries are fewer and fewer.
   *
   * @returns whether it is held now
   */
  takeOn(): boolean {
    if (this.#held || !this.#hasRoom()) return this.#held;
    if (this.#leaveOut > 0) {
      this.#leaveOut -= 1;
      return false;
    }
    this.#held = this.#write(this.#bytes);
    this.#triesInVain = this.#held ? 0 : this.#triesInVain + 1;
    this.#leaveOut = Math.min(mostLeftOut, 2 ** this.#triesInVain - 1);
    return this.#held;
  }

  /**
   * For while the program does not run: whatever room it leaves on a full disk others may take, and then it could not be
   * opened. Where there is no room for all, this is as much as that takes, and is not `held`.
   */
  takeOnLeast(): void {
    if (!this.takeOn()) this.#write(Math.min(leastBytes, this.#bytes));
  }

  #hasRoom(): boolean {
    try {
      const { bavail, bsize, blocks } = statfsSync(this.folder);
      // One that has none, as a tmpfs without a limit says, does not tell.
      const isEnough = blocks === 0 || bavail * bsize >= this.#bytes;
      if (!isEnough) this.#failure = undefined;
      return isEnough;
    } catch (error) {
      this.#failure = error;
      return false;
    }
  }

  #write(bytes: number): boolean {
    try {
      this.#writeSynced(bytes);
      return true;
    } catch (error) {
      this.throwOff();
      this.#failure = error;
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
