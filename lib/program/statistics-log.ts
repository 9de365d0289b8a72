import { once } from "node:events";
import { pino } from "pino";
import type { Clock } from "../message/clock.ts";
import { type ConnectionObserver, noObserver } from "../server/connection-observer.ts";
import { statisticsOf } from "./statistics-line.ts";

export interface StatisticsLog {
  readonly observer: ConnectionObserver;
  /** Opens the file again by its name: logrotate has moved it away. */
  reopen(): void;
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}

/** Bytes that wait for a slow disk at most; what comes on top is left out, since requests go before statistics. */
const maxWaiting = 4_194_304;

/**
 * Appends one JSON line for each request to a file, without holding requests up.
 *
 * @throws {Error} with one line for the operator when the file cannot be opened
 */
export async function openStatisticsLog(file: string, clock: Clock): Promise<StatisticsLog> {
  const destination = pino.destination({ dest: file, append: true, sync: false, maxLength: maxWaiting });
  try {
    await once(destination, "ready");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Error(`the statistics log cannot be opened: ${reason}`, { cause });
  }
  // A full disk costs statistics, never a message; the next line tries again.
  destination.on("error", () => {});
  return {
    observer: {
      ...noObserver,
      finished: (record) => {
        destination.write(`${JSON.stringify(statisticsOf(record, clock.now()))}\n`);
      },
    },
    reopen: () => destination.reopen(),
    async close() {
      const closed = once(destination, "close");
      destination.end();
      await closed;
    },
  };
}
