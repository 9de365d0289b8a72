import type { OpenedQueue, OpenQueueOptions } from "./opened-queue.ts";

/**
 * Only what is needed is loaded: with a spool, what speaks to SQS would take this thread's memory for nothing.
 *
 * @throws {Error} with one line for the operator
 */
export async function openQueue(options: OpenQueueOptions): Promise<OpenedQueue> {
  const { spool } = options.settings;
  if (spool === undefined) return (await import("./direct-queue.ts")).openDirectQueue(options);
  return (await import("./spooled-queue.ts")).openSpooledQueue(spool, options);
}
