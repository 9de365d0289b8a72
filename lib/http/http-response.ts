import type { InsertResponse } from "../application/insert-request.ts";
import { statusText } from "../application/status-text.ts";

/**
 * The headers of a response, with the length of its body. The answer to HEAD says no length, since its body has gone
 * already.
 *
 * @param last whether the connection closes behind it
 */
export function httpHeaders(
  response: InsertResponse,
  method: string | undefined,
  last: boolean,
): Record<string, string> {
  return {
    ...response.headers,
    ...(method === "HEAD" ? {} : { "content-length": String(Buffer.byteLength(response.body)) }),
    ...(last ? { connection: "close" } : {}),
  };
}

/**
 * A whole response, for a client with whom Node has no exchange going, since it never got through a head.
 *
 * @param now milliseconds since the Unix epoch, for `Date` (RFC 9110 §6.6.1)
 */
export function lastHttpResponse(response: InsertResponse, now: number): string {
  const headers = { ...httpHeaders(response, undefined, true), date: new Date(now).toUTCString() };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${response.status} ${statusText(response.status)}\r\n${lines.join("")}\r\n${response.body}`;
}
