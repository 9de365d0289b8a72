import { execFileSync } from "node:child_process";
import { statfsSync } from "node:fs";

/** What statfs(2) says of btrfs. */
const btrfs = 0x9123683e;

/** Milliseconds that `chattr` may take. */
const patience = 5_000;

/**
 * Has files that are made in a folder from now on written in place, where the file system would not do so by itself. btrfs puts
 * each change elsewhere. Where it has no room to, the system kills whoever changes a file by its memory (SIGBUS, mmap(2)), as
 * SQLite does with the index of its log.
 *
 * Node cannot set the flag, which is FS_NOCOW_FL of ioctl_iflags(2).
 *
 * @returns what keeps it from that; undefined where they will be
 */
export function writeInPlace(folder: string): unknown {
  try {
    // Without a sign: where the system has 32 bits for it, it is negative.
    if (statfsSync(folder).type >>> 0 !== btrfs) return undefined;
    execFileSync("chattr", ["+C", folder], { stdio: "ignore", timeout: patience });
    return undefined;
  } catch (error) {
    return error;
  }
}
