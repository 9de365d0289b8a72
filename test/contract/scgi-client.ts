import { once } from "node:events";
import { connect } from "node:net";
import type { ContractRequest } from "./contract-requests.ts";

export interface CgiReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What nginx sends with its stock `scgi_params`, in its order: no PATH_INFO, and repeated headers repeated. */
export function nginxEnviron(
  request: ContractRequest,
  client: string,
): readonly (readonly [string, string])[] {
  const [path = "", query = ""] = request.target.split("?", 2);
  const header = (name: string) => request.headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? "";
  return [
    ["CONTENT_LENGTH", String(request.body.length)],
    ["REQUEST_METHOD", request.method],
    ["REQUEST_URI", request.target],
    ["QUERY_STRING", query],
    ["CONTENT_TYPE", header("content-type")],
    ["DOCUMENT_URI", decoded(path).replace(/\/{2,}/g, "/")],
    ["DOCUMENT_ROOT", "/usr/share/nginx/html"],
    ["SCGI", "1"],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["REQUEST_SCHEME", "http"],
    ["REMOTE_ADDR", client],
    ["REMOTE_PORT", "50000"],
    ["SERVER_PORT", "80"],
    ["SERVER_NAME", ""],
    ["HTTP_CONTENT_LENGTH", String(request.body.length)],
    ...request.headers.map(
      ([name, value]) => [`HTTP_${name.toUpperCase().replaceAll("-", "_")}`, value] as const,
    ),
  ];
}

/** One request on one connection, as every server sends it. */
export async function scgiExchange(
  socketPath: string,
  environ: readonly (readonly [string, string])[],
  body: Uint8Array,
): Promise<CgiReply> {
  const headers = Buffer.from(environ.map(([name, value]) => `${name}\0${value}\0`).join(""), "latin1");
  const socket = connect(socketPath);
  socket.write(Buffer.concat([Buffer.from(`${headers.length}:`), headers, Buffer.from(","), body]));
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "end");
  socket.destroy();
  return cgiReply(Buffer.concat(chunks));
}

function cgiReply(bytes: Buffer): CgiReply {
  const end = bytes.indexOf("\r\n\r\n");
  const lines = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return {
    status: Number.parseInt(headers.get("status") ?? "", 10),
    headers,
    body: bytes.subarray(end + 4).toString(),
  };
}

/** As nginx does; what it refuses by itself stays as it is. */
function decoded(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (encoded) =>
    String.fromCharCode(Number.parseInt(encoded.slice(1), 16)),
  );
}
