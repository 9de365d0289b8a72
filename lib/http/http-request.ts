import type { IncomingMessage } from "node:http";
import { addClientHeader } from "../application/client-headers.ts";
import type { Problem } from "../application/problem.ts";
import type { DoorSettings } from "../server/door.ts";
import type { RequestHead } from "../server/exchange.ts";
import { malformed, tooManyHeaders, undecodableTarget } from "../server/refusals.ts";
import { targetPath } from "../server/request-target.ts";

/** A name or an address, or nothing, and a port (RFC 9110 §7.2, RFC 3986 §3.2.2). Of an address in brackets only the characters. */
const isHost = /^(?:\[[\w.:%~-]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?$/;

/** What of Node's message is looked at. */
export type MessageHead = Pick<IncomingMessage, "method" | "url" | "rawHeaders" | "httpVersion">;

/**
 * What the head of an HTTP request says, as every door tells it to the core.
 *
 * @param client the address of the peer
 * @returns a problem when the head cannot be answered otherwise
 */
export function httpRequest(
  message: MessageHead,
  client: string | undefined,
  settings: Pick<DoorSettings, "prefix" | "maxHeaders">,
): RequestHead | Problem {
  const { method = "", url = "", rawHeaders } = message;
  if (rawHeaders.length > 2 * settings.maxHeaders) return tooManyHeaders(settings.maxHeaders);
  const headers = new Map<string, string>();
  let hosts = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    if (name === "host") hosts += isHost.test(value) ? 1 : 2;
    addClientHeader(headers, name, value);
  }
  // RFC 9112 §3.2: none, two, or one that is no host, may mean different requests to those on the way here.
  if (hosts > 1 || (hosts === 0 && message.httpVersion === "1.1")) {
    return malformed(
      "invalid_host",
      "The request must have exactly one Host header, with a host and at most its port.",
    );
  }
  const path = targetPath(url);
  if (path === undefined) return undecodableTarget();
  return { method, path, prefix: settings.prefix, headers, client };
}
