import type { Server } from "node:net";
import { resolve } from "node:path";
import { hostPort } from "../platform/socket-address.ts";
import { inheritedSocketPath } from "./inherited-socket.ts";
import type { ListenAddress } from "./listen-address.ts";
import { ListenError, tcpListenError, unixListenError } from "./listen-error.ts";
import { listening } from "./listening.ts";
import { listenOnUnixSocket } from "./unix-socket.ts";

export interface Listening {
  /** As the program's ready line has it, after the protocol's name: `://127.0.0.1:4000`, `+unix:/run/postern.sock`. */
  readonly address: string;
  /** Takes away what stands in the file system, so that nobody new finds the door. Never rejects. */
  unpublish(): Promise<void>;
}

/**
 * Connections that the kernel keeps for us between two turns of the event loop. Habitat's 5 made a proxy answer nine
 * requests in ten with 502; 4096 is also what Linux caps it at by default (`net.core.somaxconn`).
 */
const backlog = 4096;

const nothingToUnpublish = async () => {};

/**
 * Lets a server listen.
 *
 * @throws {ListenError} one line for the operator; nothing is left open then
 */
export async function listen(server: Server, address: ListenAddress): Promise<Listening> {
  switch (address.kind) {
    case "tcp":
      return listenOnPort(server, address.host, address.port);
    case "unix":
      return listenOnPath(server, address);
    case "fd":
      return listenOnDescriptor(server, address.fd);
  }
}

async function listenOnPort(server: Server, host: string, port: number): Promise<Listening> {
  try {
    await listening(server, { host, port, backlog });
  } catch (error) {
    throw tcpListenError(host, port, error);
  }
  return { address: `://${boundAddress(server) ?? hostPort(host, port)}`, unpublish: nothingToUnpublish };
}

async function listenOnPath(
  server: Server,
  address: ListenAddress & { readonly kind: "unix" },
): Promise<Listening> {
  const path = resolve(address.path);
  try {
    const unpublish = await listenOnUnixSocket(server, {
      path,
      mode: address.mode ?? 0o660,
      group: address.group,
      backlog,
    });
    return { address: `+unix:${path}`, unpublish };
  } catch (error) {
    throw unixListenError(path, error);
  }
}

/** The file of an inherited UNIX socket belongs to whoever made it, and outlives us. */
async function listenOnDescriptor(server: Server, fd: number): Promise<Listening> {
  const path = await inheritedSocketPath(fd);
  try {
    await listening(server, { fd, backlog });
  } catch (cause) {
    throw new ListenError(`file descriptor ${fd} is not a listening socket`, { cause });
  }
  const bound = boundAddress(server);
  const address = bound === undefined ? `+unix:${path ?? `(file descriptor ${fd})`}` : `://${bound}`;
  return { address, unpublish: nothingToUnpublish };
}

function boundAddress(server: Server): string | undefined {
  const bound = server.address();
  return bound === null || typeof bound === "string" ? undefined : hostPort(bound.address, bound.port);
}
