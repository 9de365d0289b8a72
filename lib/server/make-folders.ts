import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes the folders of a path that are missing, one by one: where the system says of a parent that is there that it is
 * not, as /proc does, Node's recursive way never returns.
 *
 * Those on the way let others through, who cannot list them: a socket may stand beside what is private, and is reached
 * by a web server that is another user.
 *
 * @param mode of the last one; those that are there keep theirs
 */
export async function makeFolders(path: string, mode: number): Promise<void> {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    // Somebody else may have made it meanwhile.
    await mkdir(folder, { mode: folder === missing.at(-1) ? mode : 0o711 }).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  }
}
