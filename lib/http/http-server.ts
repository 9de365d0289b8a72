import { http } from "../platform/node-http.ts";
import { type Door, type DoorOptions, doorSettings } from "../server/door.ts";
import { malformed } from "../server/refusals.ts";
import { SocketDoor } from "../server/socket-door.ts";
import { HttpConnection } from "./http-connection.ts";
import { type HttpStream, ownerOf } from "./http-stream.ts";
import { TurnQueue } from "./turn-queue.ts";

/**
 * Milliseconds for which a client is told that its connection is kept for a next request, as `Connections` does: a while for one
 * that has another, and no invitation to stay. A proxy that keeps its connections for longer may send a request just when this
 * ends; it had better open one for each. By itself Node counts it to the end of the next head.
 */
const keepAliveTimeout = 5_000;

/** A door for anything that speaks HTTP/1.1. Node's server parses; it never listens itself. */
export function httpServer(options: DoorOptions): Door {
  const settings = doorSettings(options);
  const server = http.createServer({
    maxHeaderSize: settings.maxHeaderBytes,
    keepAliveTimeout,
    // The door's own deadline, which counts from the accept, stands for both of these.
    headersTimeout: 0,
    requestTimeout: 0,
    // Node would answer by itself, and not with a problem; `httpRequest` checks it.
    requireHostHeader: false,
  });
  // Node drops headers beyond its count without a word; `httpRequest` counts them.
  server.maxHeadersCount = 0;
  // A client that has sent its request and closed its side still gets its answer.
  Object.assign(server, { httpAllowHalfOpen: true });

  server.on("request", (message, response) => ownerOf(message.socket)?.request(message, response));
  server.on("checkContinue", (message, response) =>
    ownerOf(message.socket)?.request(message, response, true),
  );
  // RFC 9110 §10.1.1: an expectation that is not known may be ignored.
  server.on("checkExpectation", (message, response) => ownerOf(message.socket)?.request(message, response));
  server.on("connect", (_, socket) =>
    ownerOf(socket)?.part(malformed("invalid_target", "This is not a proxy.")),
  );
  server.on("clientError", (error, socket) => ownerOf(socket)?.fail(error));

  const turns = new TurnQueue();
  const parse = (stream: HttpStream) => server.emit("connection", stream);
  return new SocketDoor(
    "http",
    settings,
    (socket, acceptedAt, table) => new HttpConnection(socket, acceptedAt, table, settings, turns, parse),
  );
}
