import { request } from "node:http";

/** A request as it goes over the wire, nothing added but Host and the framing of the body. */
export interface HttpRequest {
  readonly method: string;
  /** Raw, as on the request line. */
  readonly target: string;
  /** In order; a name may come twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Uint8Array;
  /** Its length is not told before. */
  readonly chunked?: boolean;
  /** Milliseconds between the two halves of the body. Default 0. */
  readonly pause?: number;
}

export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Not 127.0.0.1, so that it cannot be taken for the web server's own address. */
export const clientAddress = "127.0.0.7";

/** Sends a request to a port of 127.0.0.1 on a connection of its own. */
export function sendHttp(
  port: number,
  { method, target, headers, body, chunked = false, pause = 0 }: HttpRequest,
): Promise<HttpReply> {
  const framing: readonly (readonly [string, string])[] = chunked
    ? [["Transfer-Encoding", "chunked"]]
    : body.length > 0 || method === "POST"
      ? [["Content-Length", String(Buffer.byteLength(body))]]
      : [];
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: "127.0.0.1",
      port,
      localAddress: clientAddress,
      agent: false,
      method,
      path: target,
      headers: [["Host", "gateway.example.org"], ["Connection", "close"], ...headers, ...framing].flat(),
    });
    outgoing.on("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: new Map(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          body: Buffer.concat(pieces).toString(),
        }),
      );
    });
    outgoing.on("error", reject);
    const bytes = Buffer.from(body);
    if (bytes.length === 0) {
      outgoing.end();
    } else {
      const half = bytes.length >> 1;
      outgoing.write(bytes.subarray(0, half));
      setTimeout(() => outgoing.end(bytes.subarray(half)), pause);
    }
  });
}
