import type { Socket } from "node:net";
import type { InsertResponse } from "../application/insert-request.ts";
import type { Problem } from "../application/problem.ts";
import type { Connection, Connections } from "../server/connections.ts";
import type { DoorSettings } from "../server/door.ts";
import { Exchange } from "../server/exchange.ts";
import { answerTimedOut, requestTimedOut } from "../server/refusals.ts";
import { ScgiParser, type ScgiProgress } from "./scgi-parser.ts";
import { scgiRefusal } from "./scgi-refusal.ts";
import { scgiRequest } from "./scgi-request.ts";
import { scgiResponse } from "./scgi-response.ts";

/** One connection of the web server's: one request, one answer, and it is closed. */
export class ScgiConnection implements Connection {
  readonly socket: Socket;
  readonly acceptedAt: number;
  readonly #connections: Connections;
  readonly #settings: DoorSettings;
  /** Made when the first byte comes, so that a connection that sends nothing costs next to nothing. */
  #parser: ScgiParser | undefined;
  #exchange: Exchange | undefined;
  #method: string | undefined;
  #asked = false;

  constructor(socket: Socket, acceptedAt: number, connections: Connections, settings: DoorSettings) {
    this.socket = socket;
    this.acceptedAt = acceptedAt;
    this.#connections = connections;
    this.#settings = settings;
    socket.on("data", (piece: Buffer) => this.#receive(piece));
    socket.once("end", () => this.#receiveEnd());
    socket.once("close", () => this.#finish());
  }

  get isIdle(): boolean {
    return this.#exchange === undefined;
  }

  refuse(problem: Problem): void {
    const exchange = this.#begin();
    if (exchange.isAnswered) return;
    this.#connections.linger(this.socket, scgiResponse(exchange.refuse(problem), this.#method));
  }

  timeOut(): void {
    const exchange = this.#begin();
    if (exchange.isAnswered) {
      // It does not take its answer.
      exchange.giveUp();
      this.socket.destroy();
    } else {
      const { timeout } = this.#settings;
      this.refuse(this.#asked ? answerTimedOut(timeout) : requestTimedOut(timeout));
    }
  }

  #begin(): Exchange {
    this.#exchange ??= new Exchange("scgi", this.#settings, this.acceptedAt);
    return this.#exchange;
  }

  /** Once there is an answer or the core is asked, what still comes means nothing. */
  #receive(piece: Buffer): void {
    const exchange = this.#begin();
    if (this.#asked || exchange.isAnswered) return;
    this.#parser ??= new ScgiParser(this.#settings);
    this.#proceed(exchange, this.#parser.push(piece));
  }

  /** The client has closed its side: it may have said all, or nothing, or be gone. */
  #receiveEnd(): void {
    if (this.#parser === undefined) this.socket.end();
    else if (!this.#asked) this.#proceed(this.#begin(), this.#parser.end());
  }

  #proceed(exchange: Exchange, progress: ScgiProgress): void {
    switch (progress.kind) {
      case "incomplete":
        return;
      case "error":
        this.#method = progress.environ?.get("REQUEST_METHOD");
        this.refuse(scgiRefusal(progress.code, this.#settings));
        return;
      case "request": {
        const head = scgiRequest(progress.environ, this.#settings.prefix);
        if ("problem" in head) {
          this.refuse(head.problem);
          return;
        }
        this.#method = head.method;
        this.#asked = true;
        this.#parser = undefined;
        void exchange.ask(head, progress.body).then((response) => this.#answer(exchange, response));
      }
    }
  }

  #answer(exchange: Exchange, response: InsertResponse): void {
    // The door has answered in its place, or the client has gone.
    if (exchange.isAnswered || this.socket.destroyed) return;
    exchange.answer(response);
    this.socket.end(scgiResponse(response, this.#method));
    this.socket.destroySoon();
  }

  #finish(): void {
    const { writableFinished, bytesRead, bytesWritten } = this.socket;
    this.#exchange?.finish({ delivered: writableFinished, bytesIn: bytesRead, bytesOut: bytesWritten });
  }
}
