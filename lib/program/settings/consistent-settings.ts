import { hostPort } from "../../platform/socket-address.ts";
import type { ListenAddress } from "../../server/listen-address.ts";
import { ConfigurationError } from "./read-settings.ts";
import type { ServeSettings } from "./serve-settings.ts";

/**
 * Refuses settings that are well each by itself and of no use together.
 *
 * @throws {ConfigurationError} with a line for each reason
 */
export function requireConsistency(settings: ServeSettings): void {
  const { http, scgi, maxBody, maxInFlight } = settings;
  const problems = sharedAddresses(settings);
  if (http === undefined && scgi.every((listen) => listen === undefined)) {
    problems.push("--http and --scgi are both off: there would be no way in");
  }
  // A body that is let in must fit, also beside what it is once decompressed and beside the reserve for small ones, or its
  // client would try for ever.
  if (maxInFlight < 3 * maxBody) {
    problems.push(
      `--max-in-flight: expected at least three times --max-body, ${3 * maxBody} bytes, got ${maxInFlight}`,
    );
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
}

/** The system would say that the address is in use, and not by whom. */
function sharedAddresses({ http, scgi, admin, queueUrl, embeddedPort }: ServeSettings): string[] {
  const problems: string[] = [];
  const flags = new Map<string, string>();
  for (const [flag, listen] of [
    ["--http", http],
    ...scgi.map((listen) => ["--scgi", listen] as const),
    ["--admin", admin],
    ["--embedded-port", queueUrl === undefined ? loopback(embeddedPort) : undefined],
  ] as const) {
    const address = fixedAddress(listen);
    if (address === undefined) continue;
    const earlier = flags.get(address);
    if (earlier === undefined) flags.set(address, flag);
    else problems.push(`${earlier} and ${flag} are both ${address}: each needs an address of its own`);
  }
  return problems;
}

function loopback(port: number): ListenAddress {
  return { kind: "tcp", host: "127.0.0.1", port };
}

/** As the setting has it; undefined where the system picks the port, or has opened the socket already. */
function fixedAddress(listen: ListenAddress | undefined): string | undefined {
  if (listen?.kind === "unix") return `unix:${listen.path}`;
  return listen?.kind === "tcp" && listen.port !== 0 ? hostPort(listen.host, listen.port) : undefined;
}
