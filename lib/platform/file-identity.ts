import { fstatSync } from "node:fs";
import { readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/** Links behind one another, beyond which they are taken to lead in a circle: as many as Linux follows. */
const mostLinks = 40;

/**
 * Tells whether two names are of one file, by whatever path or link: they have one identity then. A file that is not there
 * yet has it by where it would be made.
 */
export async function fileIdentity(path: string, links = mostLinks): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  // Of anything but a file, such as /dev/null, two that are one take nothing from each other.
  if (found?.isFile()) return numbers(found);
  const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
  const target = links === 0 ? undefined : await readlink(path).catch(() => undefined);
  return target === undefined
    ? join(folder, basename(path))
    : fileIdentity(resolve(folder, target), links - 1);
}

/** As `fileIdentity`, of a file that is open; undefined where it is none, but a pipe or a terminal. */
export function openFileIdentity(descriptor: number): string | undefined {
  const found = fstatSync(descriptor, { bigint: true });
  return found.isFile() ? numbers(found) : undefined;
}

function numbers({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev} ${ino}`;
}
