import type { ListenOptions, Server } from "node:net";

interface InheritedSocket {
  readonly fd: number;
  readonly backlog: number;
}

/**
 * Resolves when a server listens.
 *
 * @throws the error with which it does not
 */
export function listening(server: Server, options: ListenOptions | InheritedSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}
