import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { http, https } from "../platform/node-http.ts";
import { NotSentError } from "../platform/not-sent-error.ts";
import { outboundAgent } from "../platform/outbound-agent.ts";
import { outboundProxy } from "../platform/outbound-proxy.ts";
import { ProxyError } from "../platform/proxy-tunnel.ts";
import { reasonOf } from "../platform/reason-of.ts";
import { contentType, type Gateway, type GatewayAnswer } from "./gateway.ts";
import { readBounded } from "./read-bounded.ts";

/** Smaller bodies fit into a packet as they are. */
const worthCompressing = 1_400;

/**
 * Over HTTP, on a connection that is kept alive, through the environment's proxy where there is one for it. No redirect is
 * followed: a redirected POST becomes a GET, and messages would go where nobody has said they should.
 *
 * @param compress whether the network is what takes the time
 */
export function httpGateway(address: string, url: URL, compress: boolean): Gateway {
  const isSecure = url.protocol === "https:";
  const agent = outboundAgent(url, { keepAlive: true });
  // Of a tunnel the agent says itself that it is the proxy which cannot be reached.
  const proxy = isSecure ? undefined : outboundProxy(url);
  const notSent = (error: unknown) =>
    new NotSentError(proxy === undefined ? error : new ProxyError(proxy, `: ${reasonOf(error)}`));
  const { request } = isSecure ? https : http;
  return {
    address,
    async post(body, signal) {
      const compressed = compress && body.length > worthCompressing;
      const bytes = compressed ? await promisify(gzip)(body) : body;
      const headers = {
        "content-type": contentType,
        "content-length": bytes.length,
        accept: "application/json",
        ...(compressed ? { "content-encoding": "gzip" } : {}),
      };
      const exchange = request(url, { method: "POST", agent, headers, signal });
      let connected = false;
      exchange.once("socket", (socket) => {
        connected = !socket.connecting;
        if (connected) return;
        socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
          connected = true;
        });
      });
      exchange.end(bytes);
      // A gateway may answer and close before it has read everything; its answer is what counts.
      exchange.on("error", () => {});
      // While a tunnel is made for it, a request that is given up says nothing of that.
      const [response] = (await once(exchange, "response", { signal }).catch((error) => {
        // Whoever gives up does not wait for a tunnel either, and there is no other request.
        if (!connected) agent.destroy();
        throw connected ? error : notSent(error);
      })) as [IncomingMessage];
      return answerOf(response, (await readBounded(response)).toString());
    },
  };
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, body: string): GatewayAnswer {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { status: statusCode, headers: new Map(entries), body };
}
