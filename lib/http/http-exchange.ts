import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyTooLarge } from "../application/body-too-large.ts";
import type { InsertResponse } from "../application/insert-request.ts";
import { Problem } from "../application/problem.ts";
import { tooMuchInFlight } from "../application/request-memory.ts";
import type { DoorSettings } from "../server/door.ts";
import { Exchange, type RequestHead } from "../server/exchange.ts";
import { GrowingBuffer } from "../server/growing-buffer.ts";
import { answerTimedOut, requestTimedOut, tooManyChunks } from "../server/refusals.ts";
import { ChunkedBody } from "./chunked-body.ts";
import { httpRequest } from "./http-request.ts";
import { httpHeaders } from "./http-response.ts";

/**
 * Chunks that a body may have however small they are, and the bytes that each further one must have on average: what writes
 * each token of its JSON as a chunk has 4, and what writes each character has few. Those that come one by one do not count.
 */
const freeChunks = 16_384;
const leastChunk = 2;

/** What an exchange needs of the connection that it is on. */
export interface ExchangeConnection {
  /** The address of its peer. */
  readonly client: string | undefined;
  /** Whether it is still to be answered: not behind the last that is. */
  answers(exchange: HttpExchange): boolean;
  /** Whether the connection ends with this answer, since the door shuts. */
  endsWith(exchange: HttpExchange): boolean;
  /** Counts a piece of a body. @returns whether it was cut off by the client, and not by how it came */
  countPart(): boolean;
  /** Nothing behind this request is wanted, nor what it still lacks. */
  stopReading(): void;
}

/** One request on an HTTP connection, and its answer. */
export class HttpExchange {
  readonly #exchange: Exchange;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connection: ExchangeConnection;
  readonly #settings: DoorSettings;
  readonly #chunked: ChunkedBody | undefined;
  /** Bytes that the body has by the request's head; 0 where that does not say. */
  #announced = 0;
  #body = new GrowingBuffer();
  /** Of them, those that came with others. */
  #chunks = 0;
  #asked = false;
  #isRefused = false;

  /** @param startedAt monotonic milliseconds from which its time counts */
  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    connection: ExchangeConnection,
    settings: DoorSettings,
    startedAt: number,
  ) {
    this.#exchange = new Exchange("http", settings, startedAt);
    this.#message = message;
    this.#response = response;
    this.#connection = connection;
    this.#settings = settings;
    this.#chunked = message.headers["transfer-encoding"] === undefined ? undefined : new ChunkedBody();
  }

  /** Whether the request is not whole yet. */
  get isReading(): boolean {
    return !this.#message.complete && !this.#exchange.isAnswered;
  }

  /** How many bytes of its body are to come, where it says so. */
  get bodyBytes(): number {
    return this.isReading ? Math.max(0, this.#announced - this.#body.length) : 0;
  }

  /** How many bytes of the next piece belong to its body; undefined where that is not in chunks, or has had them all. */
  takeChunks(piece: Buffer): number | undefined {
    return this.isReading ? this.#chunked?.take(piece) : undefined;
  }

  /**
   * Whether nothing behind this request is answered, and so nothing is done for it either (RFC 9112 §9.6). Where the client
   * offers to speak something else behind it (RFC 9110 §7.8), nothing else is spoken here, but Node's parser throws away what
   * came in the same piece: what followed could be misread.
   */
  get isLast(): boolean {
    return this.#isRefused || this.#message.headers.upgrade !== undefined || saysItIsLast(this.#message);
  }

  get isAnswered(): boolean {
    return this.#exchange.isAnswered;
  }

  /** @param expectsContinue whether the client waits to be told that its body is wanted (RFC 9110 §10.1.1) */
  begin(expectsContinue: boolean): void {
    const message = this.#message;
    const head = httpRequest(message, this.#connection.client, this.#settings);
    if (head instanceof Problem) {
      this.refuse(head);
      return;
    }
    this.#exchange.head = head;
    this.#announced = Number(message.headers["content-length"] ?? 0);
    if (this.#announced > this.#settings.maxBody) {
      this.refuse(bodyTooLarge(this.#settings.maxBody));
      return;
    }
    if (expectsContinue) this.#response.writeContinue();
    message.on("data", (piece: Buffer) => this.#receive(piece));
    message.once("end", () => this.#ask(head));
  }

  /** The door's answer, and the last on the connection. */
  refuse(problem: Problem): void {
    if (this.#exchange.isAnswered || this.#response.destroyed) return;
    this.#isRefused = true;
    const { body, ...head } = this.#exchange.refuse(problem);
    this.#body = new GrowingBuffer();
    const headers = httpHeaders({ body, ...head }, this.#exchange.method, true);
    this.#connection.stopReading();
    this.#response.writeHead(head.status, headers).end(body);
  }

  /** Its time is up. */
  timeOut(): void {
    const { timeout } = this.#settings;
    this.refuse(this.#asked ? answerTimedOut(timeout) : requestTimedOut(timeout));
  }

  /** Its time is up, and its answer, if there is one, is not taken off us. */
  giveUp(): void {
    this.#exchange.giveUp();
  }

  finish(bytesIn: number, bytesOut: number): void {
    this.#exchange.finish({ delivered: this.#response.writableFinished, bytesIn, bytesOut });
  }

  #receive(piece: Buffer): void {
    if (this.#connection.countPart()) this.#chunks += 1;
    if (this.#exchange.isAnswered) return;
    if (this.#chunks > freeChunks + this.#body.length / leastChunk) {
      this.refuse(tooManyChunks());
    } else if (this.#body.length + piece.length > this.#settings.maxBody) {
      this.refuse(bodyTooLarge(this.#settings.maxBody));
    } else if (this.#exchange.hold(piece.length)) {
      this.#body.append(piece);
    } else {
      this.refuse(tooMuchInFlight());
    }
  }

  #ask(head: RequestHead): void {
    if (this.#exchange.isAnswered || !this.#connection.answers(this)) return;
    this.#asked = true;
    if (this.isLast) this.#connection.stopReading();
    const { bytes } = this.#body;
    this.#body = new GrowingBuffer();
    void this.#exchange.ask(head, bytes).then((response) => this.#answer(response));
  }

  #answer(response: InsertResponse): void {
    // The door has answered in its place, or the client has gone.
    if (this.#exchange.isAnswered || this.#response.destroyed) return;
    this.#exchange.answer(response);
    const closes = this.isLast || this.#connection.endsWith(this);
    const headers = httpHeaders(response, this.#exchange.method, closes);
    this.#response.writeHead(response.status, headers).end(response.body);
  }
}

/** By its own header, or its version (RFC 9112 §9.3). */
function saysItIsLast({ headers, httpVersion }: IncomingMessage): boolean {
  const options = (headers.connection ?? "").toLowerCase().split(",");
  const says = (option: string) => options.some((other) => other.trim() === option);
  return says("close") || (httpVersion === "1.0" && !says("keep-alive"));
}
