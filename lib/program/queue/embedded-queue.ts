import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { join } from "node:path";
import { startFauxqs } from "fauxqs";
import { errorCode } from "../../platform/error-code.ts";
import { lockFile } from "../../platform/file-lock.ts";
import { makeFolders } from "../../platform/make-folders.ts";
import { reasonOf } from "../../platform/reason-of.ts";
import { type EmbeddedLocation, embeddedLocation } from "./embedded-location.ts";

export interface EmbeddedQueue extends EmbeddedLocation {
  stop(): Promise<void>;
}

export interface EmbeddedQueueOptions {
  /** Port on loopback; 0 picks one. */
  readonly port: number;
  /** Where the messages are kept between runs. */
  readonly directory: string;
}

/**
 * An SQS-compatible queue named `postern` in this process, for trying things out and for tests: no account, nothing
 * else to start.
 *
 * @throws {Error} with one line for the operator when the port is in use, or another program has the directory
 */
export async function startEmbeddedQueue({ port, directory }: EmbeddedQueueOptions): Promise<EmbeddedQueue> {
  const unlock = open(directory);
  const server = await onLoopback(() =>
    // By `init`, since `createQueue` would put an empty queue in the place of one that is there.
    startFauxqs({
      port,
      dataDir: directory,
      defaultRegion: embeddedLocation(port).region,
      logger: false,
      init: { queues: [{ name: "postern" }] },
    }),
  ).catch((error) => {
    unlock();
    if (errorCode(error) !== "EADDRINUSE") throw error;
    throw new Error(
      `the embedded queue's port ${port} on 127.0.0.1 is in use; choose another with --embedded-port`,
      { cause: error },
    );
  });
  return {
    ...embeddedLocation(server.port),
    async stop() {
      await server.stop();
      unlock();
    },
  };
}

/**
 * Keeps other programs off the folder: each of two would have messages of its own in memory, and what the other has taken too.
 *
 * @returns what releases it
 */
function open(directory: string): () => void {
  makeEmbeddedDirectory(directory);
  try {
    return lockFile(join(directory, "lock"));
  } catch (error) {
    throw notOpened(directory, error);
  }
}

/** @throws {Error} with one line for the operator */
export function makeEmbeddedDirectory(directory: string): void {
  try {
    // What is made on the way may be the spool's, too, whose messages are to survive a power failure.
    makeFolders(directory, { mode: 0o700, durable: true });
  } catch (error) {
    throw notOpened(directory, error);
  }
}

function notOpened(directory: string, cause: unknown): Error {
  return new Error(`cannot open the embedded queue in ${directory}: ${reasonOf(cause)}`, { cause });
}

/**
 * Fauxqs listens on every interface and has no option for it, which would put the queue on the network. Fastify, on
 * which it is built, announces each server before it listens: there its address is narrowed.
 */
async function onLoopback<Server>(start: () => Promise<Server>): Promise<Server> {
  const narrow = (announcement: unknown) => {
    const { fastify } = announcement as { fastify: { listen(options: { port: number }): Promise<string> } };
    const listen = fastify.listen.bind(fastify);
    fastify.listen = (options) => listen({ ...options, host: "127.0.0.1" } as { port: number });
  };
  subscribe("fastify.initialization", narrow);
  try {
    return await start();
  } finally {
    unsubscribe("fastify.initialization", narrow);
  }
}
