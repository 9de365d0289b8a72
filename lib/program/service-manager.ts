import { execFile } from "node:child_process";

/** What the service manager is told of the program (sd_notify(3)). */
export interface ServiceManager {
  /** It serves. From now on it also says that it is alive, where the manager watches over that. */
  ready(): void;
  /** It stops. */
  stopping(): void;
}

/** Runs a program and forgets about it. */
export type Run = (file: string, args: readonly string[]) => void;

const runQuietly: Run = (file, args) => {
  execFile(file, args, () => {}).unref();
};

/**
 * Speaks to systemd where systemd listens, and to nobody elsewhere.
 *
 * By `systemd-notify`, since Node has no datagram sockets on UNIX paths and this project has no native add-ons; so the
 * unit has `NotifyAccess=all`.
 *
 * @param every calls a function so often (milliseconds) until the function that it returns is called
 */
export function serviceManager(
  environment: Readonly<Record<string, string | undefined>>,
  run: Run = runQuietly,
  every = repeat,
): ServiceManager {
  if (environment["NOTIFY_SOCKET"] === undefined) return { ready() {}, stopping() {} };
  const tell = (...states: readonly string[]) => run("systemd-notify", states);
  let stopWatchdog = () => {};
  let stops = false;
  return {
    ready() {
      // It may be told to stop while it starts.
      if (stops) return;
      tell("READY=1", "STATUS=serving");
      const microseconds = Number(environment["WATCHDOG_USEC"] ?? 0);
      // Half of it, as sd_watchdog_enabled(3) recommends. A loop that is stuck misses its turn.
      if (microseconds > 0) stopWatchdog = every(() => tell("WATCHDOG=1"), microseconds / 1000 / 2);
    },
    stopping() {
      stops = true;
      stopWatchdog();
      tell("STOPPING=1", "STATUS=answering what is in flight");
    },
  };
}

function repeat(task: () => void, milliseconds: number): () => void {
  const timer = setInterval(task, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
