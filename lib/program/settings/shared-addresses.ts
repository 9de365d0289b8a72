import { lookup } from "node:dns/promises";
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { canonicalAddress } from "../../message/client-address.ts";
import { hostPort } from "../../platform/socket-address.ts";
import type { ListenAddress } from "../../server/listen-address.ts";
import type { ServeSettings } from "./serve-settings.ts";

interface WayIn {
  readonly flag: string;
  readonly listen: ListenAddress;
}

/**
 * Names the settings that ask for one address twice, however each writes it: the system would say that it is in use, and not
 * by whom.
 */
export async function sharedAddresses(settings: ServeSettings): Promise<readonly string[]> {
  const problems: string[] = [];
  const earlier: WayIn[] = [];
  for (const way of waysIn(settings)) {
    const shared = await firstOverlap(earlier, way);
    if (shared !== undefined) problems.push(problem(shared, way));
    earlier.push(way);
  }
  return problems;
}

function waysIn({ http, scgi, admin, queueUrl, embeddedPort }: ServeSettings): readonly WayIn[] {
  const embedded: ListenAddress = { kind: "tcp", host: "127.0.0.1", port: embeddedPort };
  const all = [
    ["--http", http],
    ...scgi.map((listen) => ["--scgi", listen] as const),
    ["--admin", admin],
    ["--embedded-port", queueUrl === undefined ? embedded : undefined],
  ] as const;
  return all.flatMap(([flag, listen]) => (listen === undefined ? [] : [{ flag, listen }]));
}

async function firstOverlap(earlier: readonly WayIn[], later: WayIn): Promise<WayIn | undefined> {
  for (const way of earlier) {
    if (await overlap(way.listen, later.listen)) return way;
  }
  return undefined;
}

function problem(one: WayIn, other: WayIn): string {
  const [first, second] = [one, other].map(({ listen }) => written(listen));
  const what =
    first === second
      ? `${one.flag} and ${other.flag} are both ${first}`
      : `${one.flag} ${first} and ${other.flag} ${second} overlap`;
  return `${what}: each needs an address of its own`;
}

/** As the setting has it. */
function written(listen: ListenAddress): string {
  switch (listen.kind) {
    case "unix":
      return `unix:${listen.path}`;
    case "tcp":
      return hostPort(listen.host, listen.port);
    case "fd":
      return `file descriptor ${listen.fd}`;
  }
}

/** Whether the system lets only one of two be listened on. Where it picks the port, or has opened the socket, it sees to that. */
async function overlap(one: ListenAddress, other: ListenAddress): Promise<boolean> {
  if (one.kind === "unix" && other.kind === "unix") return realPath(one.path) === realPath(other.path);
  if (one.kind !== "tcp" || other.kind !== "tcp") return false;
  if (one.port !== other.port || one.port === 0) return false;
  if (one.host === other.host) return true;
  const [address, otherAddress] = await Promise.all([addressOf(one.host), addressOf(other.host)]);
  if (address === undefined || otherAddress === undefined) return false;
  return address === otherAddress || covers(address, otherAddress) || covers(otherAddress, address);
}

/** `::` takes IPv4 too. */
function covers(address: string, other: string): boolean {
  return address === "::" || (address === "0.0.0.0" && !other.includes(":"));
}

/** The address that would be listened on; undefined for a name that cannot be resolved, at least not now. */
async function addressOf(host: string): Promise<string | undefined> {
  try {
    const { address } = await lookup(host);
    return canonicalAddress(address) ?? address;
  } catch {
    return undefined;
  }
}

/** Of a socket that may not be there yet, nor its folder: links on the way are followed as far as there are any. */
function realPath(path: string): string {
  return join(realFolder(dirname(resolve(path))), basename(path));
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : join(realFolder(parent), basename(folder));
  }
}
