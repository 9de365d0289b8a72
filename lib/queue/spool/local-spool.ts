import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../message/clock.ts";
import { isLackOfRoom, writeFailure } from "../../platform/file-failure.ts";
import { lockFile } from "../../platform/file-lock.ts";
import { reasonOf } from "../../platform/reason-of.ts";
import { isSqliteError, sqliteFailure } from "../../platform/sqlite-failure.ts";
import { trialWrite } from "../../platform/trial-write.ts";
import { writeInPlace } from "../../platform/write-in-place.ts";
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

/**
 * Opens a spool, new or left by any crash, and holds it in this thread, which each commit blocks.
 *
 * @throws {Error} with one line for the operator
 */
export function openLocalSpool(options: LocalSpoolOptions): SpoolLink {
  const directory = spoolDirectory(options.directory);
  using opened = new DisposableStack();
  try {
    makeSpoolDirectory(directory);
    const hindrance = writeInPlace(directory.path);
    if (hindrance !== undefined) options.observe({ event: "copied_on_write", reason: reasonOf(hindrance) });
    opened.defer(lockFile(directory.lock));
    const ballast = new Ballast(directory.ballast, options.ballastBytes);
    const database = openWithBallast(directory, ballast);
    // The engine closes it too, in its turn.
    opened.defer(() => database.isOpen && database.close());
    const window = new DuplicateWindow(database, options.remember, options.clock, options.random);
    const store = new SpoolStore(database, window);
    const engine = new SpoolEngine({ ...options, ballast, window, store, files: new SpoolFiles(directory) });
    engine.start();
    const held = opened.move();
    return {
      append: async (messages) => engine.append(messages),
      async close(patience) {
        await engine.close(patience);
        held.dispose();
      },
    };
  } catch (error) {
    const reason = whyNotOpened(error, directory);
    throw new Error(`cannot open the spool in ${options.directory}: ${reason}`, { cause: error });
  }
}

/** In words for the operator. What SQLite cannot open for want of room it calls a fault of the disk, or of the file. */
function whyNotOpened(error: unknown, { path }: SpoolDirectory): string {
  const failure = isSqliteError(error) ? sqliteFailure(error) : undefined;
  const said = failure === "disk" ? trialWrite(path) : undefined;
  if (failure === "disk_full" || isLackOfRoom(said)) return diskFull;
  return said === undefined ? reasonOf(error) : writeFailure(said);
}

/** Even opening takes some room. */
function openWithBallast(directory: SpoolDirectory, ballast: Ballast): DatabaseSync {
  try {
    return openDatabase(directory.database);
  } catch (error) {
    const mayLackRoom = isSqliteError(error) ? sqliteFailure(error) !== "damaged" : isLackOfRoom(error);
    if (!mayLackRoom || !ballast.throwOff()) throw error;
    return openDatabase(directory.database);
  }
}
