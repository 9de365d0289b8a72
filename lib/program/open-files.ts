import { readFileSync } from "node:fs";

/** What is open besides connections: the spool's files, logs, listeners, calls to the queue, V8's own. */
const besides = 64;

/**
 * What is wrong with the number of files that this process may open; undefined where nothing is, or the system does not tell.
 * Beyond it the system closes connections as they come, and nobody is told.
 *
 * @param maxConnections of one listener: that all are full at the same time is nobody's case
 * @param limits what Linux says of a process in `/proc/PID/limits`, proc_pid_limits(5). Node raises the soft limit to the hard
 *   one when it starts.
 */
export function fileLimitWarning(
  maxConnections: number,
  limits: string | undefined = readLimits(),
): string | undefined {
  const allowed = Number(/^Max open files +(\d+)/m.exec(limits ?? "")?.[1] ?? Number.NaN);
  const needed = maxConnections + besides;
  if (Number.isNaN(allowed) || allowed >= needed) return undefined;
  return `only ${allowed} files may be open, ${needed} are needed for --max-connections ${maxConnections}: connections beyond that are closed without an answer`;
}

function readLimits(): string | undefined {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return undefined;
  }
}
