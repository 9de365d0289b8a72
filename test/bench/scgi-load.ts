import { connect } from "node:net";

/** Where a bench's SCGI server listens: a path, or a port on loopback. */
export type ScgiTarget = { readonly path: string } | { readonly host: string; readonly port: number };

export interface Load {
  readonly requestsPerSecond: number;
  /** Answers that were not 200, and connections that failed. */
  readonly errors: number;
}

/** One request as nginx sends it: the headers of its stock `scgi_params` that carry something. */
export function scgiRequest(method: string, path: string, body: string): Buffer {
  const environ = [
    ["CONTENT_LENGTH", String(Buffer.byteLength(body))],
    ["REQUEST_METHOD", method],
    ["REQUEST_URI", path],
    ["QUERY_STRING", ""],
    ["CONTENT_TYPE", "application/json"],
    ["DOCUMENT_URI", path],
    ["SCGI", "1"],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["REMOTE_ADDR", "127.0.0.1"],
    ["REMOTE_PORT", "50000"],
    ["SERVER_PORT", "80"],
    ["SERVER_NAME", "localhost"],
    ["HTTP_HOST", "localhost"],
    ["HTTP_USER_AGENT", "bench"],
  ];
  const headers = environ.map(([name, value]) => `${name}\0${value}\0`).join("");
  return Buffer.from(`${headers.length}:${headers},${body}`);
}

/**
 * Sends requests over so many connections at once, one request on each connection, as every web server does.
 *
 * @param request makes the next request
 * @param duration milliseconds
 */
export async function loadScgi(
  target: ScgiTarget,
  connections: number,
  duration: number,
  request: (number: number) => Buffer,
): Promise<Load> {
  const startedAt = performance.now();
  let sent = 0;
  let answered = 0;
  let errors = 0;
  const exchange = () =>
    new Promise<void>((resolve) => {
      let status = "";
      const socket = connect(target);
      socket.on("data", (chunk) => {
        if (status === "") status = chunk.toString("latin1", 0, 12);
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        if (status === "Status: 200 ") answered += 1;
        else errors += 1;
        resolve();
      });
      socket.write(request(sent++));
    });
  const client = async () => {
    while (performance.now() - startedAt < duration) await exchange();
  };
  await Promise.all(Array.from({ length: connections }, client));
  return { requestsPerSecond: answered / ((performance.now() - startedAt) / 1000), errors };
}
