/**
 * The path of a request target (RFC 9112 §3.2), percent-decoded, without the query.
 *
 * Bytes that are not UTF-8 come out as U+FFFD: no action has such a name.
 *
 * @returns undefined when the target has no path that can be decoded
 */
export function targetPath(target: string): string | undefined {
  const path = rawPath(target);
  if (path === undefined || /%(?![0-9A-Fa-f]{2})/.test(path)) return undefined;
  return decodedText(
    path.replaceAll(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
  );
}

/** Text whose characters are bytes, as both transports read headers, as the UTF-8 that it is meant to be. */
export function decodedText(latin1: string): string {
  // Most paths are ASCII, where there is nothing to decode.
  return isAscii.test(latin1) ? latin1 : Buffer.from(latin1, "latin1").toString("utf8");
}

const isAscii = /^[\0-\x7f]*$/;

/** From the origin form, the absolute form that proxies are sent, or the asterisk of OPTIONS. */
function rawPath(target: string): string | undefined {
  const [path = ""] = target.split(/[?#]/, 1);
  if (path.startsWith("/") || path === "*") return path;
  const authority = /^https?:\/\/[^/]+/i.exec(path);
  return authority === null ? undefined : path.slice(authority[0].length) || "/";
}
