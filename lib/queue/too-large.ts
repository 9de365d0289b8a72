import { QueueError } from "./queue-error.ts";

/**
 * Why a queue can never take a message; undefined when it can.
 *
 * @param bytes as SQS counts them, see `countBytes`
 * @param most that it takes in one message
 */
export function tooLarge(bytes: number, most: number): QueueError | undefined {
  if (bytes <= most) return undefined;
  const detail = `The message takes ${bytes} bytes on the queue, which takes at most ${most}.`;
  return new QueueError("too_large", detail);
}
