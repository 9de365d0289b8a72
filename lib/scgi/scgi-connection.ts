import type { Socket } from "node:net";
import type { InsertResponse } from "../application/insert-request.ts";
import { Problem } from "../application/problem.ts";
import { tooMuchInFlight } from "../application/request-memory.ts";
import { Connection, type Connections } from "../server/connections.ts";
import type { DoorSettings } from "../server/door.ts";
import { Exchange } from "../server/exchange.ts";
import { answerTimedOut, requestTimedOut } from "../server/refusals.ts";
import { ScgiParser, type ScgiProgress } from "./scgi-parser.ts";
import { scgiRefusal } from "./scgi-refusal.ts";
import { scgiRequest } from "./scgi-request.ts";
import { scgiResponse } from "./scgi-response.ts";

/** One connection of the web server's: one request, one answer, and it is closed. */
export class ScgiConnection extends Connection {
  readonly #connections: Connections;
  readonly #settings: DoorSettings;
  /** Made when the first byte comes, as is the exchange: a connection that sends nothing costs next to nothing. */
  #parser: ScgiParser | undefined;
  #exchange: Exchange | undefined;
  /** Whether the request was whole, so that it is the handler's turn, and what still comes means nothing. */
  #asked = false;
  /** Whether the system had room for the whole answer at once, as it nearly always has. */
  #isSent = false;

  constructor(socket: Socket, acceptedAt: number, connections: Connections, settings: DoorSettings) {
    super(socket, acceptedAt);
    this.#connections = connections;
    this.#settings = settings;
  }

  get isIdle(): boolean {
    return this.#exchange === undefined && this.socket.bytesRead === 0;
  }

  serve(): void {
    const { cohort } = this.#settings;
    this.socket.on("data", (piece: Buffer) => cohort.runThisTurn(() => this.#receive(piece)));
    this.socket.on("end", () => cohort.runThisTurn(() => this.#receiveEnd()));
    // Its request is there already, nearly always. Reading it wakes the web server, once for all that are read together.
    cohort.gather(() => this.socket.resume());
  }

  refuse(problem: Problem): void {
    const exchange = this.#begin();
    if (exchange.isAnswered || this.socket.destroyed) return;
    this.#parser = undefined;
    this.socket.end(scgiResponse(exchange.refuse(problem), exchange.method));
    this.socket.resume();
    this.#connections.linger(this);
  }

  timeOut(): void {
    const exchange = this.#begin();
    if (exchange.isAnswered) {
      if (!this.#isDelivered) exchange.giveUp();
      this.socket.destroy();
    } else {
      const { timeout } = this.#settings;
      this.refuse(this.#asked ? answerTimedOut(timeout) : requestTimedOut(timeout));
    }
  }

  closed(): void {
    const { bytesRead, bytesWritten } = this.socket;
    this.#begin().finish({ delivered: this.#isDelivered, bytesIn: bytesRead, bytesOut: bytesWritten });
  }

  get #isDelivered(): boolean {
    return this.#isSent || this.socket.writableFinished;
  }

  #begin(): Exchange {
    this.#exchange ??= new Exchange("scgi", this.#settings, this.acceptedAt);
    return this.#exchange;
  }

  #receive(piece: Buffer): void {
    const exchange = this.#begin();
    if (this.#asked || exchange.isAnswered) return;
    const parser = this.#parser ?? new ScgiParser(this.#settings);
    this.#parser = parser;
    const held = parser.bodyReceived;
    const progress = parser.push(piece);
    if (exchange.hold(parser.bodyReceived - held)) this.#proceed(exchange, progress);
    else this.refuse(tooMuchInFlight());
  }

  /** The client has closed its side: it may have said all, or nothing, or be gone. */
  #receiveEnd(): void {
    if (this.#exchange === undefined) this.socket.end();
    else if (this.#parser !== undefined) this.#proceed(this.#exchange, this.#parser.end());
  }

  #proceed(exchange: Exchange, progress: ScgiProgress): void {
    if (progress.kind === "incomplete") return;
    this.#parser = undefined;
    const head = scgiRequest(progress.environ, this.#settings.prefix);
    if (!(head instanceof Problem)) exchange.head = head;

    if (progress.kind === "error") {
      this.refuse(scgiRefusal(progress.code, this.#settings));
    } else if (head instanceof Problem) {
      this.refuse(head);
    } else {
      this.#asked = true;
      void exchange.ask(head, progress.body).then((response) => this.#answer(exchange, response));
    }
  }

  #answer(exchange: Exchange, response: InsertResponse): void {
    // The door has answered in its place, or the client has gone.
    if (exchange.isAnswered || this.socket.destroyed) return;
    exchange.answer(response);
    this.socket.write(scgiResponse(response, exchange.method));
    this.#isSent = this.socket.writableLength === 0 && this.socket.errored === null;
    if (this.#isSent && isLocal(this.socket)) {
      // Closing says by itself that this was all; shutting down first would be one more call and its callback.
      this.#settings.cohort.runThisTurn(() => this.socket.destroy());
    } else {
      this.socket.destroySoon();
    }
  }
}

/**
 * Whether it is a UNIX socket. By TCP a connection that is closed with something unread is reset, which can destroy the answer
 * on its way; one that is ended before is not.
 */
function isLocal(socket: Socket): boolean {
  return socket.remoteAddress === undefined;
}
