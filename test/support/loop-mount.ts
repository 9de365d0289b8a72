import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, in a file. */
export interface LoopMount {
  /** Where it is mounted. */
  readonly path: string;
  /** What the disk is, as a file. */
  readonly image: string;
  /** Also where a test has failed and its program still runs. */
  readonly remove: () => void;
}

/**
 * Makes a file system and mounts it.
 *
 * @param mebibytes of the disk
 * @returns undefined where that is not possible: it needs root, loop devices and the `mkfs` of that type
 */
export function makeLoopMount(
  type: "btrfs" | "ext4",
  mebibytes: number,
  folder = tmpdir(),
): LoopMount | undefined {
  const path = mkdtempSync(join(tmpdir(), `postern-${type}-`));
  const image = join(folder, `${type}-${process.pid}.img`);
  const removeFiles = () => {
    rmdirSync(path);
    rmSync(image, { force: true });
  };
  try {
    writeFileSync(image, "");
    truncateSync(image, mebibytes * 1_048_576);
    execFileSync(`mkfs.${type}`, ["-q", image], { stdio: "ignore" });
    execFileSync("mount", ["-o", "loop", image, path], { stdio: "ignore" });
  } catch {
    removeFiles();
    return undefined;
  }
  const remove = () => {
    execFileSync("umount", ["--lazy", path]);
    removeFiles();
  };
  return { path, image, remove };
}
