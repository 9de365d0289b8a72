import ipaddr from "ipaddr.js";

/**
 * The canonical form (RFC 5952) of a client's address. An IPv4 address inside IPv6, as a socket that takes both
 * reports it, becomes IPv4; a zone is left off.
 *
 * @returns null for what is no address: nginx sends `unix:` for a client on a UNIX socket, and that is not the fault of
 * the client
 */
export function canonicalAddress(address: string | undefined): string | null {
  if (address === undefined) return null;
  // The common case first.
  if (isIPv4(address)) return ipaddr.IPv4.parse(address).toString();
  const [withoutZone = ""] = address.split("%", 1);
  const text = withoutDots(withoutZone);
  if (text === undefined || !ipaddr.IPv6.isValid(text)) return null;
  const parsed = ipaddr.IPv6.parse(text);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toRFC5952String();
}

/** Only four decimal parts: the library alone would also take `0x7f.1`. */
function isIPv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

/**
 * An IPv6 address with the IPv4 address at its end, if it has one, in hexadecimal as the rest. Left to itself, the library
 * takes `0x7f.0.0.1` there too, and `::1.2.3.4` for `::ffff:1.2.3.4`, which is another address (RFC 4291 §2.5.5).
 */
function withoutDots(text: string): string | undefined {
  const end = text.lastIndexOf(":") + 1;
  if (end === 0) return undefined;
  const last = text.slice(end);
  if (!last.includes(".")) return text;
  if (!isIPv4(last)) return undefined;
  const groups = ipaddr.IPv4.parse(last).toIPv4MappedAddress().parts.slice(-2);
  return text.slice(0, end) + groups.map((group) => group.toString(16)).join(":");
}
