import { statfsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../message/clock.ts";
import { lockFile } from "../../platform/file-lock.ts";
import { reasonOf } from "../../platform/reason-of.ts";
import { isSqliteError, sqliteFailure } from "../../platform/sqlite-failure.ts";
import { Ballast } from "./disk/ballast.ts";
import { DuplicateWindow, type RememberPolicy } from "./disk/duplicate-window.ts";
import { openDatabase } from "./disk/spool-database.ts";
import { makeSpoolDirectory, type SpoolDirectory, spoolDirectory } from "./disk/spool-directory.ts";
import { SpoolFiles } from "./disk/spool-files.ts";
import { diskFull } from "./disk/spool-room.ts";
import { SpoolStore } from "./disk/spool-store.ts";
import type { Carrier } from "./forwarding/carrier.ts";
import type { ForwardingPolicy } from "./forwarding/forwarder.ts";
import { SpoolEngine } from "./spool-engine.ts";
import type { SpoolLink, SpoolListener } from "./spool-link.ts";
import type { Timers } from "./timers.ts";

export interface LocalSpoolOptions extends SpoolListener {
  readonly directory: string;
  readonly carrier: Carrier;
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly forwarding: ForwardingPolicy;
  readonly remember: RememberPolicy;
  /** Bytes kept in reserve on the disk, for the spool to be able to drain when the disk is full. */
  readonly ballastBytes: number;
}

/** Bytes with which SQLite can open any database, its index of the log included. */
const openingRoom = 131_072;

/**
 * Opens a spool, new or left by any crash, and holds it in this thread, which each commit blocks.
 *
 * @throws {Error} with one line for the operator
 */
export function openLocalSpool(options: LocalSpoolOptions): SpoolLink {
  const directory = spoolDirectory(options.directory);
  let unlock = () => {};
  try {
    makeSpoolDirectory(directory);
    unlock = lockFile(directory.lock);
    const ballast = new Ballast(directory.ballast, options.ballastBytes);
    const database = openWithBallast(directory, ballast);
    const window = new DuplicateWindow(database, options.remember, options.clock, options.random);
    const store = new SpoolStore(database, window);
    const engine = new SpoolEngine({ ...options, ballast, window, store, files: new SpoolFiles(directory) });
    engine.start();
    return {
      append: async (messages) => engine.append(messages),
      async close(patience) {
        await engine.close(patience);
        unlock();
      },
    };
  } catch (error) {
    unlock();
    const reason = whyNotOpened(error, directory);
    throw new Error(`cannot open the spool in ${options.directory}: ${reason}`, { cause: error });
  }
}

/** In words for the operator. What SQLite cannot open for want of room it calls a fault of the disk, or of the file. */
function whyNotOpened(error: unknown, { path }: SpoolDirectory): string {
  const failure = isSqliteError(error) ? sqliteFailure(error) : undefined;
  if (failure === "disk_full" || (failure === "disk" && freeBytes(path) < openingRoom)) return diskFull;
  return reasonOf(error);
}

function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Even opening takes some room. */
function openWithBallast(directory: SpoolDirectory, ballast: Ballast): DatabaseSync {
  try {
    return openDatabase(directory.database);
  } catch (error) {
    if (sqliteFailure(error) === "damaged" || !ballast.throwOff()) throw error;
    return openDatabase(directory.database);
  }
}
