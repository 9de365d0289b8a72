import { type Logger, pino } from "pino";
import type { ServeSettings } from "./serve-settings.ts";

export type { Logger } from "pino";

/** One write for many lines: a write for each would cost a busy gateway as much as validating its messages. */
const writeTogether = { bytes: 8_192, milliseconds: 100 };

/** JSON lines on stderr, written without holding requests up, and together; what is left is written at the exit. */
export function makeLogger(level: ServeSettings["logLevel"]): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: timestamps(Date.now),
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({
      dest: 2,
      sync: false,
      minLength: writeTogether.bytes,
      periodicFlush: writeTogether.milliseconds,
    }),
  );
}

/** Lines of the same millisecond share their text of it: to make one costs a fifth of the line. */
function timestamps(now: () => number): () => string {
  let latest = Number.NaN;
  let text = "";
  return () => {
    const time = now();
    if (time !== latest) text = `,"time":"${new Date(time).toISOString()}"`;
    latest = time;
    return text;
  };
}
