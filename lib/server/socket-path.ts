import { dirname } from "node:path";

/** Bytes of `sun_path` without the closing NUL, on Linux (unix(7)). */
const maxSocketPath = 107;

/** Bytes that are added to the folder of a socket while it is made: see `listenOnUnixSocket`. */
const workshopBytes = "/.XXXXXX/s".length;

/**
 * Why no socket can be made at an absolute path, in an operator's words; undefined where the path is no reason. To try again
 * is of no use then.
 */
export function socketPathProblem(path: string): string | undefined {
  if (Buffer.byteLength(path) > maxSocketPath) {
    return tooLongForSocket(path);
  }
  const folder = dirname(path);
  const most = maxSocketPath - workshopBytes;
  if (folder === "/" || Buffer.byteLength(folder) <= most) return undefined;
  return `${folder} is too long for the folder of a UNIX socket: at most ${most} bytes`;
}

/** As an operator is told. */
export function tooLongForSocket(path: string): string {
  return `${path} is too long for a UNIX socket: at most ${maxSocketPath} bytes`;
}
