import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import { http, https } from "../../platform/node-http.ts";
import { NotSentError } from "../../platform/not-sent-error.ts";
import { outboundAgent } from "../../platform/outbound-agent.ts";
import { withoutBrackets } from "../../platform/url-host.ts";

export interface HttpPoolOptions {
  /** Scheme, host and port of the one server that it speaks to. */
  readonly origin: string;
  /** Requests at a time, each on a connection of its own; through a proxy more where they begin while its connections are made. */
  readonly connections: number;
  /** Milliseconds that making a connection may take. */
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

/** Characters of an answer's body that are read. */
const longest = 1_048_576;

/** HTTP connections to one server, used again and again, through the environment's proxy where there is one for it. */
export class HttpPool {
  readonly #options: HttpPoolOptions;
  readonly #client: typeof http | typeof https;
  readonly #agent: Agent;
  readonly #server: { readonly hostname: string; readonly port: string };

  /** @throws {ConfigurationError} where the proxy cannot be used */
  constructor(options: HttpPoolOptions) {
    const origin = new URL(options.origin);
    this.#options = options;
    this.#client = origin.protocol === "https:" ? https : http;
    this.#server = { hostname: withoutBrackets(origin.hostname), port: origin.port };
    const { connections: maxSockets, connectTimeout: tunnelTimeout, idleTimeout: timeout } = options;
    this.#agent = outboundAgent(origin, { keepAlive: true, maxSockets, tunnelTimeout, timeout });
  }

  /**
   * Resolves with the head of the answer at least, redirects and errors among them.
   *
   * @param signal gives the request up
   * @throws {NotSentError} when there was no connection by then
   * @throws {Error} when there was no answer: of what became of the request nothing is known
   */
  post({ path, headers, body }: HttpPost, signal: AbortSignal): Promise<HttpAnswer> {
    if (signal.aborted) return Promise.reject(new NotSentError(signal.reason));
    const request = this.#client.request({
      ...this.#server,
      agent: this.#agent,
      method: "POST",
      path,
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
    });
    const exchange = new PooledExchange(request, signal, this.#options.connectTimeout);
    request.end(body);
    return exchange.answer;
  }

  /** Ends its connections, whatever is on them. */
  destroy(): void {
    this.#agent.destroy();
  }
}

/** One request and its answer. */
class PooledExchange {
  readonly #request: ClientRequest;
  readonly #signal: AbortSignal;
  readonly #answer = Promise.withResolvers<HttpAnswer>();
  readonly #giveUp = () => this.#fail(this.#signal.reason);
  #isConnected = false;
  #connecting: NodeJS.Timeout | undefined;
  #head: Pick<HttpAnswer, "statusCode" | "headers"> | undefined;
  #body = "";

  constructor(request: ClientRequest, signal: AbortSignal, connectTimeout: number) {
    this.#request = request;
    this.#signal = signal;
    signal.addEventListener("abort", this.#giveUp);
    request.on("socket", (socket) => {
      if (!socket.connecting) {
        this.#isConnected = true;
        return;
      }
      this.#connecting = setTimeout(() => {
        this.#fail(new Error(`no connection within ${connectTimeout / 1_000} seconds`));
      }, connectTimeout);
      socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
        this.#isConnected = true;
        clearTimeout(this.#connecting);
      });
    });
    request.on("response", (response) => this.#read(response));
    request.on("error", (error) => this.#fail(error));
  }

  get answer(): Promise<HttpAnswer> {
    return this.#answer.promise;
  }

  #read(response: IncomingMessage): void {
    this.#head = { statusCode: response.statusCode ?? 0, headers: response.headers };
    response.setEncoding("utf8");
    response.on("data", (piece: string) => {
      this.#body += piece;
      if (this.#body.length > longest) this.#fail(new Error(`it is longer than ${longest} characters`));
    });
    response.on("end", () => this.#end());
    response.on("error", (error) => this.#fail(error));
  }

  #end(): void {
    this.#letGo();
    if (this.#head !== undefined) this.#answer.resolve({ ...this.#head, body: this.#body });
  }

  /** Of what has ended already it changes nothing. */
  #fail(error: Error): void {
    this.#letGo();
    if (this.#head !== undefined) this.#answer.resolve({ ...this.#head, body: undefined, failure: error });
    else this.#answer.reject(this.#isConnected ? error : new NotSentError(error));
    this.#request.destroy();
  }

  #letGo(): void {
    clearTimeout(this.#connecting);
    this.#signal.removeEventListener("abort", this.#giveUp);
  }
}
