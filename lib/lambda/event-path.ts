/**
 * An event's path, percent-decoded. What cannot be decoded stays as it is, and bytes that are not UTF-8 become U+FFFD:
 * no action has such a name.
 *
 * REST APIs, load balancers and function URLs hand the path over encoded, HTTP APIs decoded. Decoding the latter again
 * can only change a path that has a percent sign in it, which no action has either.
 */
export function eventPath(path: string): string {
  return path.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (encoded) =>
    Buffer.from(encoded.replaceAll("%", ""), "hex").toString("utf8"),
  );
}
