import type { ScgiErrorCode } from "./scgi-error.ts";

/** What the web server tells of a request: CGI's variables by name. Characters are bytes (Latin-1). */
export type Environ = ReadonlyMap<string, string>;

export interface ScgiLimits {
  /** Bytes of the header block. */
  readonly maxHeaderBytes: number;
  /** Headers of the client's. What the server says by itself is none of its sender's fault. */
  readonly maxHeaders: number;
  /** Bytes of the body. */
  readonly maxBody: number;
}

/**
 * Reads the header block, the inside of the netstring: names and values, each ended by a NUL.
 *
 * Strict in what frames the request. Lenient where servers go beyond the specification, which has no name twice: a
 * client's header that comes twice is joined (RFC 9110 §5.3), and of a variable that is set twice the last counts, as an
 * operator who overrides a stock file expects.
 */
export function parseHeaderBlock(block: string, maxHeaders: number): Environ | ScgiErrorCode {
  if (block === "") return "content_length_missing";
  if (!block.endsWith("\0")) return "headers_not_nul_terminated";

  const environ = new Map<string, string>();
  let count = 0;
  for (let start = 0; start < block.length; ) {
    const nameEnd = block.indexOf("\0", start);
    const valueEnd = block.indexOf("\0", nameEnd + 1);
    if (valueEnd === -1) return "odd_string_count";
    if (nameEnd === start) return "empty_name";
    const name = block.slice(start, nameEnd);
    if (name.startsWith("HTTP_")) count += 1;
    if (count > maxHeaders) return "too_many_headers";
    const value = block.slice(nameEnd + 1, valueEnd);
    start = valueEnd + 1;
    const earlier = environ.get(name);
    if (earlier === undefined) environ.set(name, value);
    else if (name.startsWith("HTTP_")) environ.set(name, `${earlier}, ${value}`);
    else if (name !== "CONTENT_LENGTH") environ.set(name, value);
    else if (!saysTheSame(earlier, value)) return "content_length_conflicting";
  }
  return framingError(block, environ) ?? environ;
}

/**
 * The length of the body that a header block announces.
 *
 * nginx with `scgi_request_buffering off` counts in CONTENT_LENGTH only what it has read of the body by then, and sends
 * the rest nevertheless; the whole length is what it passes on of the client's own header. So the larger one counts:
 * a part of a message must not be taken for the message.
 *
 * @param maxBody bytes
 */
export function contentLength(environ: Environ, maxBody: number): number | ScgiErrorCode {
  const counted = digits(environ.get("CONTENT_LENGTH"));
  if (counted === undefined) return "content_length_not_digits";
  const length = Math.max(counted, digits(environ.get("HTTP_CONTENT_LENGTH")) ?? 0);
  return length > maxBody ? "body_too_large" : length;
}

/** Whatever has more digits than a safe integer is more than any limit. */
function digits(text = ""): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  return text.length > 15 ? Number.POSITIVE_INFINITY : Number(text);
}

/** A stock parameter file says `$content_length` besides what nginx says itself; it is empty where there is no body. */
function saysTheSame(earlier: string, later: string): boolean {
  return later === "" || later === earlier;
}

function framingError(block: string, environ: Environ): ScgiErrorCode | undefined {
  if (!block.startsWith("CONTENT_LENGTH\0")) {
    return environ.has("CONTENT_LENGTH") ? "content_length_not_first" : "content_length_missing";
  }
  const version = environ.get("SCGI");
  if (version === undefined) return "scgi_missing";
  return version === "1" ? undefined : "scgi_not_1";
}
