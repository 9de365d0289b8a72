import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import Pool from "undici/lib/dispatcher/pool.js";
import { NotSentError } from "./not-sent.ts";

export interface HttpPoolOptions {
  /** Scheme, host and port of the one server that it speaks to. */
  readonly origin: string;
  /** Requests at a time, each on a connection of its own. */
  readonly connections: number;
  /** Milliseconds that making a connection may take, or up to a second longer. */
  readonly connectTimeout: number;
  /** Milliseconds for which a connection is kept without a request, whatever the server offers. */
  readonly idleTimeout: number;
}

export interface HttpPost {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Undefined where it ended too soon or not at all. */
  readonly body: string | undefined;
  /** Why it has no body. */
  readonly failure?: Error;
}

/** Bytes of an answer's body that are read. */
const longest = 1_048_576;

/** HTTP connections to one server, used again and again. */
export class HttpPool {
  readonly #pool: Pool;

  constructor({ origin, connections, connectTimeout, idleTimeout }: HttpPoolOptions) {
    this.#pool = new Pool(origin, {
      connections,
      connect: { timeout: connectTimeout },
      keepAliveTimeout: idleTimeout,
      keepAliveMaxTimeout: idleTimeout,
      allowH2: false,
      // Whoever asks gives up in time.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Resolves with the head of the answer at least, redirects and errors among them.
   *
   * @param signal gives the request up
   * @throws {NotSentError} when there was no connection by then
   * @throws {Error} when there was no answer: of what became of the request nothing is known
   */
  post({ path, headers, body }: HttpPost, signal: AbortSignal): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const answer = new AnswerReader(signal, resolve, reject);
      this.#pool.dispatch({ method: "POST", path, headers, body }, answer);
    });
  }

  /** Ends its connections, whatever is on them. */
  destroy(): void {
    void this.#pool.destroy();
  }
}

/** What undici tells of one request, put together. */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #giveUp = () => {
    this.#end(this.#signal.reason);
    this.#controller?.abort(this.#signal.reason);
  };
  #controller: Dispatcher.DispatchController | undefined;
  #head: Pick<HttpAnswer, "statusCode" | "headers"> | undefined;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(signal: AbortSignal, resolve: (answer: HttpAnswer) => void, reject: (error: Error) => void) {
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener("abort", this.#giveUp);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted) controller.abort(this.#signal.reason);
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    this.#head = { statusCode, headers };
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > longest) controller.abort(new Error(`it is longer than ${longest} bytes`));
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener("abort", this.#giveUp);
    if (this.#head === undefined) return;
    // Nearly always one, which need not be copied.
    const [piece] = this.#pieces;
    const whole = this.#pieces.length === 1 && piece !== undefined ? piece : Buffer.concat(this.#pieces);
    this.#resolve({ ...this.#head, body: whole.toString() });
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#end(error);
  }

  #end(error: Error): void {
    this.#signal.removeEventListener("abort", this.#giveUp);
    if (this.#head !== undefined) this.#resolve({ ...this.#head, body: undefined, failure: error });
    else this.#reject(this.#controller === undefined ? new NotSentError(error) : error);
  }
}
