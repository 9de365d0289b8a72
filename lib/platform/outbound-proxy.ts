import { BlockList, isIP } from "node:net";
import { unescape as decoded } from "node:querystring";
import { ConfigurationError } from "./configuration-error.ts";

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

/** Whether a URL leads to where this program runs, whatever the network is like. */
export function isThisMachine({ hostname }: URL): boolean {
  const host = withoutBrackets(hostname);
  return /^(?:.+\.)?localhost$/.test(host) || (isIP(host) === 4 && host.startsWith("127.")) || host === "::1";
}

/** An IPv6 address stands in brackets in a URL, and nowhere else. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
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
  if (isIP(exception) === 6) return exception === host;
  const [, place = "", onlyPort] = /^(.*?)(?::([0-9]+))?$/.exec(exception) ?? [];
  if (onlyPort !== undefined && onlyPort !== (port || defaultPorts.get(protocol))) return false;
  const [network = "", bits] = withoutBrackets(place).split("/");
  if (bits !== undefined) return isWithin(host, network, Number.parseInt(bits, 10));
  const domain = network.replace(/^\*?\.|\.$/g, "");
  if (host === domain) return true;
  return domain !== "" && isIP(host) === 0 && host.endsWith(`.${domain}`);
}

const defaultPorts: ReadonlyMap<string, string> = new Map([
  ["http:", "80"],
  ["https:", "443"],
]);

function isWithin(host: string, network: string, bits: number): boolean {
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  const subnet = new BlockList();
  try {
    subnet.addSubnet(network, bits, family);
  } catch {
    // It is none, and excepts nothing.
    return false;
  }
  return isIP(host) === isIP(network) && subnet.check(host, family);
}
