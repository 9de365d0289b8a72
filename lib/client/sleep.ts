import { setTimeout as timeout } from "node:timers/promises";

/** Waits, or until the signal is aborted, without an error. Passed in, so that tests need no waiting. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<"slept">;

export const systemSleep: Sleep = async (milliseconds, signal) => {
  // Aborting is the only way in which it can fail.
  await timeout(milliseconds, undefined, { signal }).catch(() => {});
  return "slept";
};
