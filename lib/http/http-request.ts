import type { IncomingMessage } from "node:http";
import { addClientHeader } from "../application/client-headers.ts";
import type { Problem } from "../application/problem.ts";
import type { DoorSettings } from "../server/door.ts";
import type { RequestHead } from "../server/exchange.ts";
import { malformed, tooManyHeaders, undecodableTarget } from "../server/refusals.ts";
import { targetPath } from "../server/request-target.ts";

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
    if (name === "host") hosts += 1;
    addClientHeader(headers, name, rawHeaders[index + 1] ?? "");
  }
  // RFC 9112 §3.2: none or two may mean different requests to those on the way here.
  if (hosts > 1 || (hosts === 0 && message.httpVersion === "1.1")) {
    return malformed("invalid_host", "The request must have one Host header.");
  }
  const path = targetPath(url);
  if (path === undefined) return undecodableTarget();
  return { method, path, prefix: settings.prefix, headers, client };
}
