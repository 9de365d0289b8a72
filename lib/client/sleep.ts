import { setTimeout as timeout } from "node:timers/promises";

/** What a timer of Node's takes; one of more milliseconds goes off at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Waits, however long, or until the signal is aborted, without an error. Passed in, so that tests need no waiting.
 *
 * @param milliseconds infinity for until the signal is aborted
 */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<"slept">;

export const systemSleep: Sleep = async (milliseconds, signal) => {
  let left = milliseconds;
  do {
    // Aborting is the only way in which it can fail.
    await timeout(Math.min(left, longestTimer), undefined, { signal }).catch(() => {});
    left -= longestTimer;
  } while (left > 0 && !signal.aborted);
  return "slept";
};
