import { once } from "node:events";
import type { Agent } from "node:http";
import type { AgentOptions, RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { http, https } from "./node-http.ts";
import { outboundProxy } from "./outbound-proxy.ts";
import { openTunnel, ProxyError } from "./proxy-tunnel.ts";
import { hostPort } from "./socket-address.ts";

/** Node's agents pass all they are given on to `tls.connect`. */
type TlsConnectionOptions = RequestOptions & Pick<ConnectionOptions, "socket">;

export interface OutboundOptions extends Pick<AgentOptions, "keepAlive" | "maxSockets" | "timeout"> {
  /** Milliseconds that making a connection through a proxy may take, TLS included. Default 10,000. */
  readonly tunnelTimeout?: number;
}

/**
 * Connections for requests to one server, through the environment's proxy where there is one for it.
 *
 * @throws {ConfigurationError} where it cannot be used
 */
export function outboundAgent(server: URL, options: OutboundOptions): Agent {
  const proxy = outboundProxy(server);
  if (server.protocol === "https:") return new OutboundHttpsAgent(options);
  // Without TLS there is no tunnel: the proxy reads the requests and passes them on, for which Node does.
  return new http.Agent(proxy === undefined ? options : { ...options, proxyEnv: { HTTP_PROXY: proxy.href } });
}

/**
 * Connections for requests by HTTPS, each through the environment's proxy for its server. Node's own agent can do that too,
 * but waits without end for a server that says nothing in its tunnel, and nobody can close the connection.
 */
export class OutboundHttpsAgent extends https.Agent {
  readonly #tunnelTimeout: number;
  /** Of connections that are being made. */
  readonly #giveUps = new Set<AbortController>();

  constructor({ tunnelTimeout = 10_000, ...options }: OutboundOptions) {
    super(options);
    this.#tunnelTimeout = tunnelTimeout;
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const server = hostPort(options.host ?? "localhost", Number(options.port ?? 443));
    const proxy = outboundProxy(new URL(`https://${server}`));
    if (proxy === undefined) return super.createConnection(options, callback);
    this.#connect(proxy, server, options).then(
      (socket) => callback?.(null, socket),
      // With an error there is no stream.
      (error) => callback?.(error, undefined as never),
    );
    return undefined;
  }

  override destroy(): void {
    for (const giveUp of this.#giveUps) giveUp.abort(new Error("closed"));
    super.destroy();
  }

  async #connect(proxy: URL, server: string, options: RequestOptions): Promise<Duplex> {
    const giveUp = new AbortController();
    this.#giveUps.add(giveUp);
    const timer = setTimeout(() => {
      giveUp.abort(new Error(`no connection to ${server} within ${this.#tunnelTimeout / 1_000} seconds`));
    }, this.#tunnelTimeout);
    try {
      return await this.#secured(await openTunnel(proxy, server, giveUp.signal), options, giveUp.signal);
    } catch (error) {
      throw error === giveUp.signal.reason
        ? new ProxyError(proxy, `: ${giveUp.signal.reason.message}`)
        : error;
    } finally {
      clearTimeout(timer);
      this.#giveUps.delete(giveUp);
    }
  }

  /** With TLS, and only once the server has shown who it is: before that, nothing has been sent. */
  async #secured(tunnel: Duplex, options: RequestOptions, signal: AbortSignal): Promise<Duplex> {
    const overTunnel: TlsConnectionOptions = { ...options, socket: tunnel };
    const socket = super.createConnection(overTunnel) as TLSSocket;
    const giveUp = () => socket.destroy(signal.reason);
    signal.addEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
    // Until a request has it, which listens for itself.
    socket.on("error", () => {});
    try {
      await once(socket, "secureConnect");
      return socket;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }
}
