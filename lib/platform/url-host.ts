import { isIP } from "node:net";

/** Whether a URL leads to where this program runs, whatever the network is like. */
export function isThisMachine({ hostname }: URL): boolean {
  const host = withoutBrackets(hostname);
  return /^(?:.+\.)?localhost$/.test(host) || (isIP(host) === 4 && host.startsWith("127.")) || host === "::1";
}

/** An IPv6 address stands in brackets in a URL, and nowhere else. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
