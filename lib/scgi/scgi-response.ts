import type { InsertResponse } from "../application/insert-request.ts";
import { statusText } from "../application/status-text.ts";

/**
 * A response as CGI has it (RFC 3875 §6), which SCGI takes over: `Status`, headers, an empty line, the body.
 *
 * @param method undefined where it is not known. The answer to HEAD says no length, since its body has gone already
 */
export function scgiResponse(response: InsertResponse, method: string | undefined): string {
  const { status, headers, body } = response;
  let head = `Status: ${status} ${statusText(status)}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  if (method === "HEAD") return `${head}\r\n`;
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
