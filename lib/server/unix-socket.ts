import { chmod, chown, link, lstat, mkdtemp, rename, rm, unlink } from "node:fs/promises";
import { connect, type Server } from "node:net";
import { dirname, join, sep } from "node:path";
import { absent } from "../platform/absent.ts";
import { errorCode } from "../platform/error-code.ts";
import { makeFolders } from "../platform/make-folders.ts";
import type { SocketGroup } from "./listen-address.ts";
import { ListenError } from "./listen-error.ts";
import { listening } from "./listening.ts";
import { socketPathProblem } from "./socket-path.ts";

export interface UnixSocketOptions {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly group: SocketGroup | undefined;
  readonly backlog: number;
}

/** Takes the socket file away again, if it is still the one that was made. Never rejects. */
export type RemoveSocket = () => Promise<void>;

/**
 * Lets a server listen on a UNIX socket.
 *
 * The socket is made in a directory that nobody else can enter, given its mode and group there, and only then put
 * in its place: there is no moment at which somebody could connect whom the mode keeps out. What stands in its place
 * is removed only if it is a socket that refuses connections, which is what a killed program leaves behind.
 *
 * @throws {ListenError} when the path is something else, or another program's; other errors as the system gives them
 */
export async function listenOnUnixSocket(server: Server, options: UnixSocketOptions): Promise<RemoveSocket> {
  const { path } = options;
  const problem = socketPathProblem(path);
  if (problem !== undefined) throw new ListenError(problem);
  const directory = dirname(path);
  // The socket has a mode of its own to say who may connect; who may, must get there.
  makeFolders(directory, { mode: 0o711 });
  const stale = await staleSocket(path);
  const workshop = await mkdtemp(`${directory}${sep}.`);
  try {
    const made = join(workshop, "s");
    await listening(server, { path: made, backlog: options.backlog });
    if (options.group !== undefined) await giveToGroup(made, path, options.group);
    await chmod(made, options.mode);
    const own = await lstat(made);
    if (stale !== undefined) await removeStale(path, stale, join(workshop, "stale"));
    await place(made, path);
    return () => removeOwn(path, own);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function giveToGroup(made: string, path: string, { id, name }: SocketGroup): Promise<void> {
  try {
    await chown(made, -1, id);
  } catch (cause) {
    if (errorCode(cause) !== "EPERM") throw cause;
    const reason = "this user is not in it";
    throw new ListenError(`${path} may not be given to the group ${name} of --socket-group: ${reason}`, {
      cause,
    });
  }
}

interface Identity {
  readonly dev: number;
  readonly ino: number;
}

/** The socket at a path that nobody listens on; undefined when there is nothing. */
async function staleSocket(path: string): Promise<Identity | undefined> {
  const found = await lstat(path).catch(absent);
  if (found === undefined) return undefined;
  if (!found.isSocket()) throw new ListenError(`${path} is not a socket`);
  const refusal = await connectionRefusal(path);
  if (refusal === "ENOENT") return undefined;
  // Anything else than a refusal, a full backlog for one (EAGAIN), may come from a program that is alive.
  if (refusal !== "ECONNREFUSED") throw inUse(path);
  return found;
}

/** The error code with which a connection is refused; undefined when it is taken. */
function connectionRefusal(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("error", (error) => resolve(errorCode(error) ?? "unknown"));
  });
}

/**
 * Moves the stale socket out of the way. What has come in its place meanwhile, from another program that found it
 * stale, stays, or goes back if it came at the last moment.
 */
async function removeStale(path: string, stale: Identity, aside: string): Promise<void> {
  const found = await lstat(path).catch(absent);
  if (found === undefined) return;
  if (!isSame(found, stale)) throw inUse(path);
  const moved = await rename(path, aside).then(() => lstat(aside), absent);
  if (moved === undefined || isSame(moved, stale)) return;
  await link(aside, path);
  throw inUse(path);
}

function isSame(one: Identity, other: Identity): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

/** Unlike a rename, a link never replaces what another program has put there in the meantime. */
async function place(made: string, path: string): Promise<void> {
  try {
    await link(made, path);
  } catch (error) {
    throw errorCode(error) === "EEXIST" ? inUse(path) : error;
  }
}

async function removeOwn(path: string, own: Identity): Promise<void> {
  try {
    if (isSame(await lstat(path), own)) await unlink(path);
  } catch {
    // Gone already, or no longer ours to remove: there is nothing to do about it on the way out.
  }
}

function inUse(path: string): ListenError {
  return new ListenError(`another program is listening on ${path}`, { code: "in_use" });
}
