import type { HttpExchange } from "./http-exchange.ts";

/**
 * Requests that one connection may have under way at once, by pipelining (RFC 9112 §9.3.2). Node begins as many as
 * a client sends, so that one connection could otherwise stand for any number of them. What comes behind is not read.
 */
const most = 16;

/** The requests of one connection that have not come to their end, in the order in which they are answered. */
export class Pipeline {
  readonly #exchanges = new Set<HttpExchange>();
  #newest: HttpExchange | undefined;

  get isEmpty(): boolean {
    return this.#exchanges.size === 0;
  }

  /** Whether more may come: of the newest what it lacks, or another. */
  get hasRoom(): boolean {
    return this.#newest?.isReading === true || this.#exchanges.size < most;
  }

  /** The last that was added, whether it has ended or not; undefined before the first. */
  get newest(): HttpExchange | undefined {
    return this.#newest;
  }

  add(exchange: HttpExchange): void {
    this.#newest = exchange;
    this.#exchanges.add(exchange);
  }

  /** @returns whether it was under way */
  remove(exchange: HttpExchange): boolean {
    return this.#exchanges.delete(exchange);
  }

  /** Whether an exchange stands behind none that is the last to be answered. */
  answers(exchange: HttpExchange): boolean {
    for (const other of this.#exchanges) {
      if (other === exchange) return true;
      if (other.isLast) return false;
    }
    return false;
  }

  /** The oldest first. */
  [Symbol.iterator](): Iterator<HttpExchange> {
    return this.#exchanges.values();
  }
}
