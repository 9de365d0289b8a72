import { readFile } from "node:fs/promises";

/**
 * The number of a group. Node has no `getgrnam`, so names are looked up in `/etc/group` alone, not in a directory
 * service: there a number must be given.
 *
 * @throws {Error} with one line for the operator when there is no such group
 */
export async function groupId(group: string): Promise<number> {
  if (/^[0-9]+$/.test(group)) return Number(group);
  const lines = (await readFile("/etc/group", "utf8")).split("\n");
  const [, , id] = lines.map((line) => line.split(":")).find(([name]) => name === group) ?? [];
  if (id === undefined) throw new Error(`there is no group ${group} in /etc/group; give its number`);
  return Number(id);
}
