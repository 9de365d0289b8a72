import { isIPv4, isIPv6 } from "node:net";
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
  // Node tells addresses from others: the library would take `0x7f.1`, and throws and catches an error, ten times the
  // cost of the rest, for all that is none.
  if (isIPv4(address)) return address;
  const [withoutZone = ""] = address.split("%", 1);
  if (!isIPv6(withoutZone)) return null;
  const parsed = ipaddr.IPv6.parse(withoutDots(withoutZone));
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toRFC5952String();
}

/**
 * An IPv6 address with the IPv4 address at its end, if it has one, in hexadecimal as the rest. Left to itself, the library
 * takes `::1.2.3.4` for `::ffff:1.2.3.4`, which is another address (RFC 4291 §2.5.5).
 */
function withoutDots(address: string): string {
  if (!address.includes(".")) return address;
  const end = address.lastIndexOf(":") + 1;
  const groups = ipaddr.IPv4.parse(address.slice(end)).toIPv4MappedAddress().parts.slice(-2);
  return address.slice(0, end) + groups.map((group) => group.toString(16)).join(":");
}
