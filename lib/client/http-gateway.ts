import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { contentType, type Gateway } from "./gateway.ts";

/** Smaller bodies fit into a packet as they are. */
const worthCompressing = 1_400;

/** Over HTTP, on connections that are kept alive. Bodies are compressed unless the gateway is on this machine. */
export function httpGateway(address: string, url: URL): Gateway {
  const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  return {
    address,
    async post(body, signal) {
      const compressed = !isLocal && body.length > worthCompressing;
      const headers = { "content-type": contentType, accept: "application/json" };
      const response = await fetch(url, {
        method: "POST",
        body: new Uint8Array(compressed ? await promisify(gzip)(body) : body),
        headers: compressed ? { ...headers, "content-encoding": "gzip" } : headers,
        // A redirected POST becomes a GET, and what is uploaded would go where nobody has said it should.
        redirect: "manual",
        signal,
      });
      return {
        status: response.status,
        headers: new Map(response.headers),
        body: await response.text(),
      };
    },
  };
}
