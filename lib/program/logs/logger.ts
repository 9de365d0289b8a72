import { type Logger, pino } from "pino";
import type { ServeSettings } from "../settings/serve-settings.ts";
import { LineWriter } from "./line-writer.ts";

export type { Logger } from "pino";

/** JSON lines on stderr, written without holding requests up; what is left is written at the exit. */
export function makeLogger(level: ServeSettings["logLevel"]): Logger {
  const stderr = new LineWriter(2);
  process.on("exit", () => stderr.flushSync());
  return pino(
    {
      level,
      base: null,
      timestamp: timestamps(Date.now),
      formatters: { level: (label) => ({ level: label }) },
    },
    stderr,
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
