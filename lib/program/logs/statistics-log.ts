import { writeFailure } from "../../platform/file-failure.ts";
import { type ConnectionObserver, noObserver, type RequestRecord } from "../../server/connection-observer.ts";
import { LineWriter } from "./line-writer.ts";
import { statisticsOf } from "./statistics-line.ts";

export interface StatisticsLog {
  readonly observer: ConnectionObserver;
  /**
   * Opens the file again by its name: logrotate has moved it away.
   *
   * @param failed is told why not; then the old one is gone on with
   */
  reopen(failed: (error: Error) => void): void;
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}

/**
 * Appends one JSON line for each request, and for each connection that sent none, to a file, without holding requests up. A full
 * disk costs statistics, never a message.
 *
 * @param lost is told why lines were lost, each time, which may be often
 * @throws {Error} with one line for the operator when the file cannot be opened
 */
export function openStatisticsLog(file: string, lost: (reason: string) => void): StatisticsLog {
  const lines = openFile(file, (error) => lost(writeFailure(error)));
  const write = (record: RequestRecord) => {
    lines.write(`${JSON.stringify(statisticsOf(record))}\n`);
  };
  return {
    observer: { ...noObserver, finished: write, silent: write },
    reopen: (failed) => lines.reopen(failed),
    close: () => lines.close(),
  };
}

function openFile(file: string, lost: (error: Error) => void): LineWriter {
  try {
    return new LineWriter(file, lost);
  } catch (cause) {
    throw new Error(`the statistics log ${file} cannot be opened: ${writeFailure(cause)}`, { cause });
  }
}
