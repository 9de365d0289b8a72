import { parseSocketAddress } from "../platform/socket-address.ts";

/** Where a gateway is. */
export type GatewayAddress =
  | { readonly kind: "http"; readonly text: string; readonly url: URL }
  | { readonly kind: "scgi"; readonly text: string; readonly to: ScgiSocket };

export type ScgiSocket = { readonly path: string } | { readonly host: string; readonly port: number };

/**
 * Reads `http://HOST:PORT/PREFIX`, `https://…`, `scgi+unix:PATH` or `scgi://HOST:PORT`: what `postern serve` says when it
 * listens can be given as it is.
 *
 * @returns undefined when the text is none of them
 */
export function parseGatewayAddress(text: string): GatewayAddress | undefined {
  if (text.startsWith("scgi+unix:")) return scgi(text, `unix:${text.slice("scgi+unix:".length)}`);
  if (text.startsWith("scgi://")) return scgi(text, text.slice("scgi://".length).replace(/\/$/, ""));
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Credentials in a URL end up in process lists and logs, and fetch refuses them.
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return undefined;
  url.pathname = `${url.pathname.replace(/\/(?:messages\/?)?$/, "")}/messages`;
  return { kind: "http", text, url };
}

function scgi(text: string, address: string): GatewayAddress | undefined {
  const socket = parseSocketAddress(address);
  if (socket?.kind === "unix") return { kind: "scgi", text, to: { path: socket.path } };
  if (socket?.kind === "tcp") return { kind: "scgi", text, to: { host: socket.host, port: socket.port } };
  return undefined;
}
