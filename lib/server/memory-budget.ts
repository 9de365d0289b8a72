import type { RequestMemory } from "../application/request-memory.ts";

/** Bytes with which a request counts as small: a message takes a few hundred. */
const smallBytes = 4_096;
/** Part of the budget that is kept for the first bytes of each request. */
const reserveShare = 1 / 4;

/**
 * Bytes that the requests in flight may hold together, at all doors that share it. What has arrived is counted, never
 * what is announced: a client takes no more from others than it has sent.
 *
 * A quarter is a reserve for the first 4 KiB of each: so large uploads, however many and however slow, and answers that
 * nobody takes, never keep a single message out.
 */
export class MemoryBudget {
  readonly #limit: number;
  readonly #reserve: number;
  #held = 0;
  /** Of what is held, what came out of the reserve. */
  #reserved = 0;

  /** @param limit bytes, the reserve among them */
  constructor(limit: number) {
    this.#limit = limit;
    this.#reserve = limit * reserveShare;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** Holds nothing yet. */
  lend(): MemoryLoan {
    return new MemoryLoan(this);
  }

  /**
   * @param small bytes of them that the reserve is there for
   * @returns how many of them came out of the reserve; undefined, and none is counted, when there is no room
   */
  take(bytes: number, small: number): number | undefined {
    const reserved = Math.min(small, Math.floor(this.#reserve - this.#reserved));
    const others = this.#held - this.#reserved;
    const common = bytes - reserved;
    if (common > 0 && others + common > this.#limit - this.#reserve) return undefined;
    this.#held += bytes;
    this.#reserved += reserved;
    return reserved;
  }

  /** Counts what is there already, also where there is no room for it: those who come next do without. */
  overdraw(bytes: number): void {
    this.#held += bytes;
  }

  /** @param reserved what of them came out of the reserve */
  putBack(bytes: number, reserved: number): void {
    this.#held -= bytes;
    this.#reserved -= reserved;
  }
}

/** What one request holds of the budget. */
export class MemoryLoan implements RequestMemory {
  readonly #budget: MemoryBudget;
  #held = 0;
  #reserved = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  hold(bytes: number): boolean {
    const small = Math.min(bytes, Math.max(0, smallBytes - this.#held));
    const reserved = this.#budget.take(bytes, small);
    if (reserved === undefined) return false;
    this.#held += bytes;
    this.#reserved += reserved;
    return true;
  }

  overdraw(bytes: number): void {
    this.#budget.overdraw(bytes);
    this.#held += bytes;
  }

  /** Gives back all that is held. */
  end(): void {
    this.#budget.putBack(this.#held, this.#reserved);
    this.#held = 0;
    this.#reserved = 0;
  }
}
