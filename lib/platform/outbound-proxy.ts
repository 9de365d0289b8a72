import { BlockList, isIP } from "node:net";
import { unescape as decoded } from "node:querystring";
import { domainToASCII } from "node:url";
import { ConfigurationError } from "./configuration-error.ts";
import { isThisMachine, withoutBrackets } from "./url-host.ts";

/**
 * The proxy by which a server is reached: the one that `HTTPS_PROXY` or `HTTP_PROXY` names, by the server's protocol,
 * but for the hosts in `NO_PROXY`; in small letters too, which go first. As operators know it of curl and the AWS CLI: a
 * proxy without a protocol is one of HTTP, and in `NO_PROXY` a domain stands for all below it. Node and the libraries have
 * the one or the other differently.
 *
 * @returns undefined where it is reached directly, as this machine always is
 * @throws {ConfigurationError} without the URL, which may hold a password
 */
export function outboundProxy(server: URL, environment: NodeJS.ProcessEnv = process.env): URL | undefined {
  const [name, value] = variable(environment, `${server.protocol.slice(0, -1)}_proxy`);
  if (value === "" || isThisMachine(server)) return undefined;
  const [, exceptions] = variable(environment, "no_proxy");
  if (exceptions.split(/[\s,]+/).some((exception) => excepts(exception.toLowerCase(), server)))
    return undefined;
  const proxy = URL.parse(value.includes("://") ? value : `http://${value}`);
  if (proxy !== null && /^https?:$/.test(proxy.protocol)) return withEncodedUser(proxy);
  throw new ConfigurationError(
    `${name} must be the URL of an HTTP proxy, such as http://proxy.example.org:3128`,
  );
}

/** Special characters of a name or password stand encoded in a URL, if those who wrote it knew. */
function withEncodedUser(proxy: URL): URL {
  proxy.username = encodeURIComponent(decoded(proxy.username));
  proxy.password = encodeURIComponent(decoded(proxy.password));
  return proxy;
}

function variable(environment: NodeJS.ProcessEnv, name: string): readonly [name: string, value: string] {
  const small = environment[name] ?? "";
  const capitals = name.toUpperCase();
  return small === "" ? [capitals, environment[capitals] ?? ""] : [name, small];
}

/** @param exception of `NO_PROXY`: `*`, `DOMAIN`, `.DOMAIN`, `*.DOMAIN`, `ADDRESS` or `ADDRESS/BITS`, all but `*` perhaps with `:PORT` */
function excepts(exception: string, { hostname, protocol, port }: URL): boolean {
  if (exception === "*") return true;
  // A dot at the end says that a name is whole, which all are here.
  const host = withoutBrackets(hostname).replace(/\.$/, "");
  const [, place = "", onlyPort] =
    isIP(exception) === 6 ? ["", exception] : (/^(.*?)(?::([0-9]+))?$/.exec(exception) ?? []);
  if (onlyPort !== undefined && onlyPort !== (port || defaultPorts.get(protocol))) return false;
  const [network = "", bits] = withoutBrackets(place).split("/");
  if (isIP(network) !== 0) return isWithin(host, network, bits);
  // As it stands in a URL, also where it has letters beyond ASCII.
  const domain = domainToASCII(network.replace(/^\*?\.|\.$/g, ""));
  if (domain === "" || bits !== undefined) return false;
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

const defaultPorts: ReadonlyMap<string, string> = new Map([
  ["http:", "80"],
  ["https:", "443"],
]);

/** @param bits that are the same in all of its addresses; default: all */
function isWithin(host: string, network: string, bits = isIP(network) === 6 ? "128" : "32"): boolean {
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  const subnet = new BlockList();
  try {
    subnet.addSubnet(network, Number.parseInt(bits, 10), family);
  } catch {
    // It is none, and excepts nothing.
    return false;
  }
  return isIP(host) === isIP(network) && subnet.check(host, family);
}
