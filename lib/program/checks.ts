import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { systemClock } from "../message/clock.ts";
import { lockFile } from "../platform/file-lock.ts";
import { reasonOf } from "../platform/reason-of.ts";
import { QueueError } from "../queue/queue-error.ts";
import { openExistingSpool } from "../queue/spool/disk/existing-spool.ts";
import { makeSpoolDirectory, spoolDirectory } from "../queue/spool/disk/spool-directory.ts";
import { SpoolListing } from "../queue/spool/disk/spool-listing.ts";
import { directSqs } from "../queue/sqs/direct-sqs.ts";
import { mayOnlySend, mixesCallsignsWarning, readLimits } from "../queue/sqs/queue-limits.ts";
import { MemoryBudget } from "../server/memory-budget.ts";
import { openStatisticsLog } from "./logs/statistics-log.ts";
import { openDoors } from "./open-doors.ts";
import { fileLimitWarning } from "./open-files.ts";
import { locateQueue } from "./queue/queue-location.ts";
import type { ServeSettings } from "./settings/serve-settings.ts";

/** One thing that must be well for the program to run. */
export interface Check {
  readonly name: string;
  /**
   * @returns what was found, in a few words
   * @throws {Error} with one line that says what is wrong, for the operator
   */
  run(): Promise<string>;
}

/** What `postern serve` would need with these settings. They are tried one after the other, and leave nothing open. */
export function checks(settings: ServeSettings): readonly Check[] {
  const { spool, statisticsLog } = settings;
  return [
    { name: "queue", run: () => checkQueue(settings) },
    ...(spool === undefined ? [] : [{ name: "spool", run: () => checkSpool(spool, settings.spoolLimit) }]),
    { name: "listeners", run: () => checkDoors(settings) },
    ...(statisticsLog === undefined
      ? []
      : [{ name: "statistics log", run: () => checkStatisticsLog(statisticsLog) }]),
  ];
}

async function checkQueue(settings: ServeSettings): Promise<string> {
  await using resources = new AsyncDisposableStack();
  const location = await locateQueue(settings, resources);
  const client = directSqs(location);
  resources.defer(() => client.destroy());
  try {
    const { messageBytes, fifo, mixesCallsigns } = await readLimits(client, location.queueUrl);
    const found = `${location.queueUrl}, ${fifo ? "FIFO" : "standard"}, messages up to ${messageBytes} bytes`;
    return mixesCallsigns ? `${found}; ${mixesCallsignsWarning}` : found;
  } catch (error) {
    if (!(error instanceof QueueError && mayOnlySend(error))) throw error;
    return `${location.queueUrl} answers, but may not be asked for its attributes (sqs:GetQueueAttributes)`;
  }
}

async function checkSpool(path: string, limit: number): Promise<string> {
  const directory = spoolDirectory(path);
  makeSpoolDirectory(directory);
  try {
    lockFile(directory.lock)();
  } catch (cause) {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
  const waiting = existsSync(directory.database) ? waitingIn(path) : "";
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  if (free < limit) {
    throw new Error(`the disk of ${path} has ${free} bytes free, less than the spool's limit of ${limit}`);
  }
  return `${path}, ${waiting}${free} bytes free`;
}

/** @throws {Error} with one line for the operator where nobody can read it */
function waitingIn(path: string): string {
  const database = openExistingSpool(path, "read");
  try {
    return `${new SpoolListing(database).counts().waiting} messages waiting, `;
  } catch (cause) {
    throw new Error(`cannot read the spool in ${path}: ${reasonOf(cause)}`, {
      cause,
    });
  } finally {
    database.close();
  }
}

async function checkDoors(settings: ServeSettings): Promise<string> {
  const nobody = { handle: () => Promise.reject(new Error("only a check")) };
  const memory = new MemoryBudget(settings.maxInFlight);
  const doors = await openDoors({
    settings,
    handler: nobody,
    adminHandler: nobody,
    clock: systemClock,
    memory,
  });
  try {
    for (const { door } of doors) await door.start();
    const warning = fileLimitWarning(settings.maxConnections);
    const addresses = doors.map(({ door }) => door.address).join(", ");
    return warning === undefined ? addresses : `${addresses}; ${warning}`;
  } finally {
    await Promise.all(doors.map(({ door }) => door.shutdown()));
  }
}

async function checkStatisticsLog(file: string): Promise<string> {
  const log = openStatisticsLog(file);
  await log.close();
  return file;
}
