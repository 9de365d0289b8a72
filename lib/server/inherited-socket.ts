import { readFile, readlink } from "node:fs/promises";

/**
 * The path that an inherited UNIX socket is bound to, as Linux tells it (proc(5): `/proc/self/net/unix`, which is there
 * also where nothing but processes is shown of `/proc`). Node has no getsockname for these.
 *
 * @returns undefined where it cannot be found out
 */
export async function inheritedSocketPath(fd: number): Promise<string | undefined> {
  try {
    const inode = /^socket:\[([0-9]+)\]$/.exec(await readlink(`/proc/self/fd/${fd}`))?.[1];
    const table = await readFile("/proc/self/net/unix", "utf8");
    // Num RefCount Protocol Flags Type St Inode Path
    const row = table.split("\n").find((line) => line.split(/ +/, 7)[6] === inode);
    return /^(?:\S+ +){7}(\/.*)$/.exec(row ?? "")?.[1];
  } catch {
    return undefined;
  }
}
