import { type Logger, pino } from "pino";
import type { ServeSettings } from "./serve-settings.ts";

export type { Logger } from "pino";

/** JSON lines on stderr, written without holding requests up. */
export function makeLogger(level: ServeSettings["logLevel"]): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
