import { connect } from "node:net";
import { NotSentError } from "../platform/not-sent-error.ts";
import { parseCgiResponse } from "./cgi-response.ts";
import { contentType, type Gateway } from "./gateway.ts";
import type { ScgiSocket } from "./gateway-address.ts";
import { readBounded } from "./read-bounded.ts";

/** Straight to a gateway's SCGI socket, as a web server would: each request on a connection of its own. */
export function scgiGateway(address: string, socket: ScgiSocket): Gateway {
  return {
    address,
    async post(body, signal) {
      if (signal.aborted) throw new NotSentError(signal.reason);
      const connection = connect({ ...socket, signal });
      let connected = false;
      connection.once("connect", () => {
        connected = true;
      });
      try {
        connection.write(headerBlock(body.length));
        // Not ended: a web server keeps its side open, and so do we. The gateway closes.
        connection.write(body);
        return parseCgiResponse(await readBounded(connection));
      } catch (error) {
        throw connected ? error : new NotSentError(error);
      } finally {
        connection.destroy();
      }
    },
  };
}

/** The netstring in front of the body; CONTENT_LENGTH is first (SCGI, revision 2008-06-23, "Request Format"). */
function headerBlock(bodyBytes: number): string {
  const headers = {
    CONTENT_LENGTH: String(bodyBytes),
    SCGI: "1",
    REQUEST_METHOD: "POST",
    REQUEST_URI: "/messages",
    PATH_INFO: "/messages",
    SCRIPT_NAME: "",
    QUERY_STRING: "",
    SERVER_PROTOCOL: "HTTP/1.1",
    CONTENT_TYPE: contentType,
    HTTP_ACCEPT: "application/json",
  };
  const block = Object.entries(headers)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join("");
  return `${Buffer.byteLength(block)}:${block},`;
}
