import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Problem } from "../application/problem.ts";
import { Connection, type Connections } from "../server/connections.ts";
import type { DoorSettings } from "../server/door.ts";
import { Exchange } from "../server/exchange.ts";
import { requestTimedOut } from "../server/refusals.ts";
import { HttpExchange } from "./http-exchange.ts";
import { httpRefusal } from "./http-refusal.ts";
import { lastHttpResponse } from "./http-response.ts";
import { HttpStream, type StreamOwner } from "./http-stream.ts";
import { Pipeline } from "./pipeline.ts";
import { isLineEnd } from "./through-blank-line.ts";
import type { TurnQueue } from "./turn-queue.ts";

/** One client's connection: any number of requests, one after the other. Node keeps their answers in order. */
export class HttpConnection extends Connection implements StreamOwner {
  readonly #connections: Connections;
  readonly #settings: DoorSettings;
  readonly #turns: TurnQueue;
  readonly #parse: (stream: HttpStream) => void;
  /** Undefined where nothing is to be read, since it is turned away. */
  #stream: HttpStream | undefined;
  readonly #pipeline: Pipeline;
  /** What has come of a request that is no whole head yet. */
  #headBytes = 0;
  /**
   * Since when the time of the request that comes counts, in monotonic milliseconds: the accept for the first, else its first
   * byte, or the last answer before it where that is later.
   */
  #startedAt: number;
  /** An answer outside any exchange of Node's. */
  #refusal: Exchange | undefined;
  /** The answer to what came behind those under way and ends the connection, when they have theirs. */
  #parting: Problem | undefined;
  /** Bytes that belong to requests that have had their answer. */
  #bytesRead = 0;
  #bytesWritten = 0;

  /**
   * @param turns for what takes long
   * @param parse hands what comes to Node's HTTP parser
   */
  constructor(
    socket: Socket,
    acceptedAt: number,
    connections: Connections,
    settings: DoorSettings,
    turns: TurnQueue,
    parse: (stream: HttpStream) => void,
  ) {
    super(socket, acceptedAt);
    this.#startedAt = acceptedAt;
    this.#pipeline = new Pipeline(settings.maxHeaderBytes);
    this.#connections = connections;
    this.#settings = settings;
    this.#turns = turns;
    this.#parse = parse;
  }

  get isIdle(): boolean {
    return this.#pipeline.isEmpty && !this.#hasBegun && !this.#isEnded;
  }

  /** Whether something has come of a request that is not in the pipeline yet. */
  get #hasBegun(): boolean {
    return this.#headBytes > 0 || this.#stream?.isPending === true;
  }

  /** Whether its last answer is out, so that it waits for the client to close. */
  get #isEnded(): boolean {
    return this.socket.writableEnded || this.#stream?.writableEnded === true;
  }

  /** Whether the last answer is due, or out: what comes behind it has none. */
  get #isEnding(): boolean {
    const isDue = this.#refusal !== undefined || this.#parting !== undefined;
    return isDue || this.#isEnded || this.#pipeline.newest?.isLast === true;
  }

  serve(): void {
    this.#stream = new HttpStream(this.socket, this, this.#turns);
    this.#parse(this.#stream);
    this.#stream.open();
  }

  get client(): string | undefined {
    return this.socket.remoteAddress;
  }

  answers(exchange: HttpExchange): boolean {
    return !this.#isEnded && this.#pipeline.answers(exchange);
  }

  get hasRoom(): boolean {
    return this.#pipeline.hasRoomFor(this.#headBytes);
  }

  get bodyBytes(): number {
    return this.#pipeline.newest?.bodyBytes ?? 0;
  }

  /** Whatever has come by then is answered, and behind an answer that says so nothing is (RFC 9112 §9.6). */
  endsWith(exchange: HttpExchange): boolean {
    const isLast = this.#isLastAtShutdown && this.#pipeline.newest === exchange;
    if (isLast) this.stopReading();
    return isLast;
  }

  get #isLastAtShutdown(): boolean {
    return this.#connections.closing && this.#parting === undefined && !this.#hasBegun;
  }

  takeChunks(piece: Buffer): number | undefined {
    return this.#pipeline.newest?.takeChunks(piece);
  }

  countPart(): boolean {
    return this.#stream?.countPart() === true;
  }

  stopReading(): void {
    this.#stream?.discard();
  }

  /** Lines without anything before a request are none of it (RFC 9112 §2.2). */
  parses(bytes: Buffer): void {
    const { newest, isEmpty } = this.#pipeline;
    const hasBegun = this.#headBytes > 0;
    if (newest?.isReading) return;
    if (!hasBegun && bytes.every(isLineEnd)) {
      if (newest !== undefined && this.isIdle) this.#keep();
      return;
    }
    this.#headBytes += bytes.length;
    if (hasBegun || newest === undefined) return;
    this.#startedAt = this.#settings.clock.monotonic();
    if (isEmpty) this.#connections.renew(this);
  }

  request(message: IncomingMessage, response: ServerResponse, expectsContinue = false): void {
    this.countPart();
    const headBytes = this.#headBytes;
    this.#headBytes = 0;
    if (this.#isEnding) return;
    const exchange = new HttpExchange(message, response, this, this.#settings, this.#startedAt);
    response.once("close", () => this.#finishExchange(exchange));
    this.#pipeline.add(exchange, headBytes);
    exchange.begin(expectsContinue);
  }

  fail(error: Error): void {
    this.stopReading();
    const problem = httpRefusal(error, this.#settings);
    const { newest } = this.#pipeline;
    if (problem === undefined) this.socket.destroy();
    else if (newest?.isReading) newest.refuse(problem);
    else this.part(problem);
  }

  /** Answers what Node makes no exchange of, in its turn (RFC 9112 §9.3.2), and closes: nothing behind it is read. */
  part(problem: Problem): void {
    this.stopReading();
    if (this.#isEnding) return;
    if (this.#pipeline.isEmpty) this.refuse(problem);
    else this.#parting = problem;
  }

  ended(): void {
    this.#connections.linger(this);
  }

  refuse(problem: Problem): void {
    if (this.#isEnded || this.socket.destroyed) return;
    this.stopReading();
    this.#refusal = this.#beginOutside();
    const response = this.#refusal.refuse(problem);
    this.socket.end(lastHttpResponse(response, this.#settings.clock.now()));
    this.socket.resume();
    this.#connections.linger(this);
  }

  timeOut(): void {
    const [oldest, ...others] = this.#pipeline;
    if (oldest !== undefined && !oldest.isAnswered) {
      oldest.timeOut();
      this.#connections.linger(this);
      for (const exchange of others) exchange.giveUp();
    } else if (oldest !== undefined) {
      for (const exchange of this.#pipeline) exchange.giveUp();
      this.socket.destroy();
    } else if (this.isIdle && this.#pipeline.newest !== undefined) {
      this.socket.destroy();
    } else {
      this.refuse(requestTimedOut(this.#settings.timeout));
    }
  }

  /** What Node makes no exchange of: a head that it cannot read, or none. */
  #beginOutside(): Exchange {
    return new Exchange("http", this.#settings, this.#startedAt);
  }

  #finishExchange(exchange: HttpExchange): void {
    if (!this.#pipeline.remove(exchange)) return;
    const { bytesRead, bytesWritten } = this.socket;
    exchange.finish(bytesRead - this.#bytesRead, bytesWritten - this.#bytesWritten);
    this.#bytesRead = bytesRead;
    this.#bytesWritten = bytesWritten;
    if (this.socket.destroyed || this.#isEnded) return;
    if (this.hasRoom) this.#stream?.retry();
    const isLast = this.#pipeline.isEmpty;
    if (isLast && this.#parting !== undefined) this.refuse(this.#parting);
    else if (this.isIdle) this.#keep();
    else this.#renew();
  }

  /** For a next request, of which nothing has come, unless the door shuts. */
  #keep(): void {
    if (this.#connections.closing) this.#stream?.end();
    else this.#connections.rest(this);
  }

  /** Gives what is under way its whole time anew, and so what has begun behind it, which may not have been read till now. */
  #renew(): void {
    this.#startedAt = this.#settings.clock.monotonic();
    this.#connections.renew(this);
  }

  closed(): void {
    for (const exchange of this.#pipeline) this.#finishExchange(exchange);
    const { writableFinished, bytesRead, bytesWritten } = this.socket;
    const outside = this.#refusal ?? (this.#pipeline.newest === undefined ? this.#beginOutside() : undefined);
    outside?.finish({
      delivered: writableFinished,
      bytesIn: bytesRead - this.#bytesRead,
      bytesOut: bytesWritten - this.#bytesWritten,
    });
  }
}
