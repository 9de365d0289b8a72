import type { HttpExchange } from "./http-exchange.ts";

/**
 * Requests that one connection may have under way at once, by pipelining (RFC 9112 §9.3.2). Node begins as many as
 * a client sends, so that one connection could otherwise stand for any number of them. What comes behind is not read.
 */
const most = 16;

/** The requests of one connection that have not come to their end, in the order in which they are answered. */
export class Pipeline {
  /** Each with the bytes of its head, which is held as long. */
  readonly #exchanges = new Map<HttpExchange, number>();
  readonly #maxHeaderBytes: number;
  #headBytes = 0;
  #newest: HttpExchange | undefined;

  /** @param maxHeaderBytes what the heads of several may have together: as much as that of one */
  constructor(maxHeaderBytes: number) {
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  get isEmpty(): boolean {
    return this.#exchanges.size === 0;
  }

  /** Whether more may come: of the newest what it lacks, or of another, whose head has so many bytes by now. */
  hasRoomFor(headBytes: number): boolean {
    if (this.isEmpty || this.#newest?.isReading === true) return true;
    return this.#exchanges.size < most && this.#headBytes + headBytes < this.#maxHeaderBytes;
  }

  /** The last that was added, whether it has ended or not; undefined before the first. */
  get newest(): HttpExchange | undefined {
    return this.#newest;
  }

  add(exchange: HttpExchange, headBytes: number): void {
    this.#newest = exchange;
    this.#exchanges.set(exchange, headBytes);
    this.#headBytes += headBytes;
  }

  /** @returns whether it was under way */
  remove(exchange: HttpExchange): boolean {
    this.#headBytes -= this.#exchanges.get(exchange) ?? 0;
    return this.#exchanges.delete(exchange);
  }

  /** Whether an exchange stands behind none that is the last to be answered. */
  answers(exchange: HttpExchange): boolean {
    for (const other of this.#exchanges.keys()) {
      if (other === exchange) return true;
      if (other.isLast) return false;
    }
    return false;
  }

  /** The oldest first. */
  [Symbol.iterator](): Iterator<HttpExchange> {
    return this.#exchanges.keys();
  }
}
