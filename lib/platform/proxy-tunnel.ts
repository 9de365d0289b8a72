import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { isNotTrusted, withCertificateAdvice } from "./certificate-failure.ts";
import { errorCode } from "./error-code.ts";
import { http, https } from "./node-http.ts";
import { reasonOf } from "./reason-of.ts";
import { withoutBrackets } from "./url-host.ts";

/** A proxy gave no connection, so nothing was sent. Its message names the proxy, but none of its secrets. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  /** `ERR_PROXY_REFUSED` where somebody must mend the proxy, or what it is told, first. */
  readonly code: "ERR_PROXY" | "ERR_PROXY_REFUSED";

  constructor(proxy: URL, message: string, isRefusal = false) {
    super(`the proxy ${proxy.host}${message}`);
    this.code = isRefusal ? "ERR_PROXY_REFUSED" : "ERR_PROXY";
  }
}

/**
 * A tunnel to a server through a proxy (RFC 9110 §9.3.6), in which nothing has been said yet.
 *
 * @param server `HOST:PORT`
 * @param signal gives it up, for its reason
 * @throws {ProxyError} when there is none
 */
export async function openTunnel(proxy: URL, server: string, signal: AbortSignal): Promise<Duplex> {
  const hostname = withoutBrackets(proxy.hostname);
  const request = (proxy.protocol === "https:" ? https : http).request({
    hostname,
    // Node would take that of the server, which is the Host.
    servername: isIP(hostname) === 0 ? hostname : "",
    port: proxy.port,
    method: "CONNECT",
    path: server,
    headers: { host: server, ...authorization(proxy) },
    agent: false,
  });
  const giveUp = () => request.destroy(signal.reason);
  signal.addEventListener("abort", giveUp);
  try {
    const connected = once(request, "connect") as Promise<[IncomingMessage, Duplex, Buffer]>;
    request.end();
    const [{ statusCode = 0 }, socket, head] = await connected;
    // Until somebody has it, who listens for himself.
    socket.on("error", () => {});
    if (statusCode >= 200 && statusCode < 300) {
      socket.unshift(head);
      return socket;
    }
    socket.destroy();
    const status = `${statusCode} ${http.STATUS_CODES[statusCode] ?? ""}`.trim();
    const isRefusal = statusCode >= 300 && statusCode < 500;
    throw new ProxyError(proxy, ` answers ${status} to a tunnel to ${server}`, isRefusal);
  } catch (error) {
    if (error instanceof ProxyError) throw error;
    throw new ProxyError(
      proxy,
      `: ${withCertificateAdvice(reasonOf(error))}`,
      isNotTrusted(errorCode(error) ?? ""),
    );
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** RFC 7617. */
function authorization({ username, password }: URL): { readonly "proxy-authorization"?: string } {
  if (username === "" && password === "") return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
}
