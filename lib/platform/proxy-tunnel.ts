import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { unescape as decoded } from "node:querystring";
import type { Duplex } from "node:stream";
import { withoutBrackets } from "./outbound-proxy.ts";
import { reasonOf } from "./reason-of.ts";

/** A proxy gave no connection, so nothing was sent. Its message names the proxy, but none of its secrets. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  /** `ERR_PROXY_REFUSED` where somebody must mend the proxy, or what it is told, first. */
  readonly code: "ERR_PROXY" | "ERR_PROXY_REFUSED";

  constructor(proxy: URL, message: string, code: ProxyError["code"] = "ERR_PROXY") {
    super(`the proxy ${proxy.host}${message}`);
    this.code = code;
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
  const request = (proxy.protocol === "https:" ? https : http).request({
    hostname: withoutBrackets(proxy.hostname),
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
    const [{ statusCode = 0, statusMessage = "" }, socket, head] = await connected;
    // Until somebody has it, who listens for himself.
    socket.on("error", () => {});
    if (statusCode >= 200 && statusCode < 300) {
      socket.unshift(head);
      return socket;
    }
    socket.destroy();
    const answer = ` answers ${`${statusCode} ${statusMessage}`.trim()} to a tunnel to ${server}`;
    throw new ProxyError(proxy, answer, statusCode < 500 ? "ERR_PROXY_REFUSED" : "ERR_PROXY");
  } catch (error) {
    throw error instanceof ProxyError ? error : new ProxyError(proxy, `: ${reasonOf(error)}`);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** RFC 7617. Special characters of a name or password stand encoded in a URL, if those who wrote it knew. */
function authorization({ username, password }: URL): { readonly "proxy-authorization"?: string } {
  if (username === "" && password === "") return {};
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
}
