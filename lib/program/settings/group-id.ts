import { readFile } from "node:fs/promises";
import { ConfigurationError } from "../../platform/configuration-error.ts";

/**
 * The number of a group. Node has no `getgrnam`, so names are looked up in `/etc/group` alone, not in a directory
 * service: there a number must be given. So a group that is not there will not be there later either, as one of a directory
 * that is not reached yet would: that setting cannot be used until somebody mends it.
 *
 * @throws {ConfigurationError} when there is no such group
 */
export async function groupId(group: string): Promise<number> {
  if (/^[0-9]+$/.test(group)) return Number(group);
  const lines = (await readFile("/etc/group", "utf8").catch(() => "")).split("\n");
  const [, , id] = lines.map((line) => line.split(":")).find(([name]) => name === group) ?? [];
  if (id !== undefined) return Number(id);
  throw new ConfigurationError(`--socket-group: there is no group ${group} in /etc/group; give its number`);
}
