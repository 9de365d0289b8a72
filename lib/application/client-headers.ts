/**
 * Headers that the core does not get. The framing is the transport's, and what a proxy says of it need not be true
 * of what it sends on (nginx passes `Transfer-Encoding: chunked` with a body that is not chunked). `Proxy` would be
 * HTTP_PROXY to programs that read the environment (httpoxy, CVE-2016-5385).
 */
const withheld: ReadonlySet<string> = new Set(["content-length", "transfer-encoding", "proxy"]);

/**
 * Adds a header as a client sent it; repeated ones are joined (RFC 9110 §5.3).
 *
 * @param name in lower case
 */
export function addClientHeader(headers: Map<string, string>, name: string, value: string): void {
  if (withheld.has(name)) return;
  const earlier = headers.get(name);
  headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
}
