import type { RequestMemory } from "../application/request-memory.ts";

/**
 * Bytes that the requests in flight may hold together, at all doors that share it. What has arrived is counted, never
 * what is announced: a client takes no more from others than it has sent.
 */
export class MemoryBudget {
  readonly #limit: number;
  #held = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** Holds nothing yet. */
  lend(): MemoryLoan {
    return new MemoryLoan(this);
  }

  /** @returns false, and counts nothing, when there is no room */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#limit) return bytes === 0;
    this.#held += bytes;
    return true;
  }

  /** Counts what is there already, also where there is no room for it: those who come next do without. */
  overdraw(bytes: number): void {
    this.#held += bytes;
  }

  putBack(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What one request holds of the budget. */
export class MemoryLoan implements RequestMemory {
  readonly #budget: MemoryBudget;
  #held = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  hold(bytes: number): boolean {
    const isLent = this.#budget.take(bytes);
    if (isLent) this.#held += bytes;
    return isLent;
  }

  overdraw(bytes: number): void {
    this.#budget.overdraw(bytes);
    this.#held += bytes;
  }

  /** Gives back all that is held. */
  end(): void {
    this.#budget.putBack(this.#held);
    this.#held = 0;
  }
}
