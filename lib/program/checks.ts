import { checkDoors } from "./checks/check-doors.ts";
import { checkQueue } from "./checks/check-queue.ts";
import { checkSpool } from "./checks/check-spool.ts";
import { checkStatisticsLog } from "./checks/check-statistics-log.ts";
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

/**
 * What `postern serve` would need with these settings. They are tried one after the other, leave nothing open, and no files or
 * folders that were not there.
 *
 * What a Postern has that runs is well: settings are tried beside the program that is to be started anew with them.
 */
export function checks(settings: ServeSettings): readonly Check[] {
  const { spool, statisticsLog } = settings;
  return [
    { name: "queue", run: () => checkQueue(settings) },
    ...(spool === undefined ? [] : [{ name: "spool", run: () => checkSpool(spool, settings.spoolLimit) }]),
    { name: "listeners", run: () => checkDoors(settings) },
    ...(statisticsLog === undefined
      ? []
      : [{ name: "statistics log", run: async () => checkStatisticsLog(statisticsLog) }]),
  ];
}
