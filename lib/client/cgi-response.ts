import type { GatewayAnswer } from "./gateway.ts";

/**
 * Reads a response as CGI has it (RFC 3875 §6).
 *
 * @throws {Error} when it is cut short or none
 */
export function parseCgiResponse(bytes: Buffer): GatewayAnswer {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1)
    throw new Error(bytes.length === 0 ? "closed without an answer" : "answered no CGI response");
  const headers = new Map(
    bytes
      .toString("latin1", 0, end)
      .split("\r\n")
      .map((line) => {
        const [name = ""] = line.split(":", 1);
        return [name.toLowerCase(), line.slice(name.length + 1).trim()] as const;
      }),
  );
  const body = bytes.subarray(end + 4);
  const length = headers.get("content-length");
  if (length !== undefined && body.length < Number(length)) throw new Error("the answer was cut short");
  const status = /^[1-5][0-9]{2}\b/.exec(headers.get("status") ?? "")?.[0];
  if (status === undefined) throw new Error("answered no CGI response");
  return { status: Number(status), headers, body: body.toString() };
}
