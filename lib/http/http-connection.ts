import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Problem } from "../application/problem.ts";
import { Connection, type Connections } from "../server/connections.ts";
import type { DoorSettings } from "../server/door.ts";
import { Exchange } from "../server/exchange.ts";
import { requestTimedOut, tooManyConnections } from "../server/refusals.ts";
import { HttpExchange } from "./http-exchange.ts";
import { httpRefusal } from "./http-refusal.ts";
import { lastHttpResponse } from "./http-response.ts";

/**
 * Requests that one connection may have under way at once, by pipelining (RFC 9112 §9.3.2). Node begins as many as
 * a client sends, so that one connection could otherwise stand for any number of them.
 */
const maxPipelined = 16;

/** One client's connection: any number of requests, one after the other. Node keeps their answers in order. */
export class HttpConnection extends Connection {
  readonly #connections: Connections;
  readonly #settings: DoorSettings;
  readonly #attach: (socket: Socket) => void;
  /** Those under way, the oldest first. */
  readonly #exchanges = new Set<HttpExchange>();
  #newest: HttpExchange | undefined;
  /** An answer outside any exchange of Node's. */
  #refusal: Exchange | undefined;
  /** The answer to what came behind those under way and ends the connection, when they have theirs. */
  #parting: Problem | undefined;
  /** Bytes that belong to requests that have had their answer. */
  #bytesRead = 0;
  #bytesWritten = 0;

  /** @param attach hands the socket to Node's HTTP parser */
  constructor(
    socket: Socket,
    acceptedAt: number,
    connections: Connections,
    settings: DoorSettings,
    attach: (socket: Socket) => void,
  ) {
    super(socket, acceptedAt);
    this.#connections = connections;
    this.#settings = settings;
    this.#attach = attach;
  }

  get isIdle(): boolean {
    return this.#exchanges.size === 0 && this.socket.bytesRead === this.#bytesRead;
  }

  get closing(): boolean {
    return this.#connections.closing && this.#parting === undefined;
  }

  /** Whether the last answer is due, or out: what comes behind it has none. */
  get #isEnding(): boolean {
    return this.#refusal !== undefined || this.#parting !== undefined || this.#newest?.isLast === true;
  }

  serve(): void {
    this.#attach(this.socket);
  }

  request(message: IncomingMessage, response: ServerResponse, expectsContinue = false): void {
    if (this.#isEnding) return;
    const startedAt = this.#newest === undefined ? this.acceptedAt : this.#settings.clock.monotonic();
    // The first has its time from the accept; a later one from its head, which itself had to come in time.
    if (this.#newest !== undefined && this.#exchanges.size === 0) this.#connections.renew(this);
    const exchange = new HttpExchange(message, response, this, this.#settings, startedAt);
    this.#newest = exchange;
    this.#exchanges.add(exchange);
    response.once("close", () => this.#finishExchange(exchange));
    if (this.#exchanges.size > maxPipelined) exchange.refuse(tooManyConnections());
    else exchange.begin(expectsContinue);
  }

  /** Node's parser, or the connection, has failed. */
  fail(error: Error): void {
    const problem = httpRefusal(error, this.#settings);
    if (problem === undefined) this.socket.destroy();
    else if (this.#newest?.isReading) this.#newest.refuse(problem);
    else this.part(problem);
  }

  /** Answers what Node makes no exchange of, in its turn (RFC 9112 §9.3.2), and closes: nothing behind it is read. */
  part(problem: Problem): void {
    if (this.#exchanges.size === 0) this.refuse(problem);
    else if (!this.#isEnding) this.#parting = problem;
  }

  refuse(problem: Problem): void {
    if (this.#refusal !== undefined || this.socket.destroyed) return;
    this.#refusal = this.#beginOutside();
    const response = this.#refusal.refuse(problem);
    this.socket.end(lastHttpResponse(response, this.#settings.clock.now()));
    this.socket.resume();
    this.linger();
  }

  timeOut(): void {
    const [oldest, ...others] = this.#exchanges;
    if (oldest !== undefined && !oldest.isAnswered) {
      oldest.timeOut();
      this.linger();
      for (const exchange of others) exchange.giveUp();
    } else if (oldest !== undefined) {
      for (const exchange of this.#exchanges) exchange.giveUp();
      this.socket.destroy();
    } else if (this.isIdle && this.#newest !== undefined) {
      this.socket.destroy();
    } else {
      this.refuse(requestTimedOut(this.#settings.timeout));
    }
  }

  linger(): void {
    this.#connections.linger(this);
  }

  /** What Node makes no exchange of: a head that it cannot read, or none. */
  #beginOutside(): Exchange {
    return new Exchange("http", this.#settings, this.acceptedAt);
  }

  #finishExchange(exchange: HttpExchange): void {
    if (!this.#exchanges.delete(exchange)) return;
    const { bytesRead, bytesWritten } = this.socket;
    exchange.finish(bytesRead - this.#bytesRead, bytesWritten - this.#bytesWritten);
    this.#bytesRead = bytesRead;
    this.#bytesWritten = bytesWritten;
    if (this.socket.destroyed) return;
    const isLast = this.#exchanges.size === 0;
    if (isLast && this.#parting !== undefined) this.refuse(this.#parting);
    else if (isLast && this.closing) this.socket.destroySoon();
    else this.#connections.renew(this);
  }

  closed(): void {
    for (const exchange of this.#exchanges) this.#finishExchange(exchange);
    const { writableFinished, bytesRead, bytesWritten } = this.socket;
    const outside = this.#refusal ?? (this.#newest === undefined ? this.#beginOutside() : undefined);
    outside?.finish({
      delivered: writableFinished,
      bytesIn: bytesRead - this.#bytesRead,
      bytesOut: bytesWritten - this.#bytesWritten,
    });
  }
}
