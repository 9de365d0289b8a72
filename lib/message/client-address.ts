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
  // The common case first. Only four decimal parts: the library alone would also take `0x7f.1`.
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).toString();
  const [withoutZone = ""] = address.split("%", 1);
  if (!withoutZone.includes(":") || !ipaddr.IPv6.isValid(withoutZone)) return null;
  const parsed = ipaddr.IPv6.parse(withoutZone);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toRFC5952String();
}
