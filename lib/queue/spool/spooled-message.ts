import { type SerialisedMessage, serialised } from "../../message/serialised-message.ts";
import type { Push } from "../queue.ts";
import { countBytes } from "../sqs/sqs-entry.ts";

/** A message on its way into the spool. */
export interface SpoolableMessage extends SerialisedMessage {
  /** As SQS counts them: what it takes of a call to the queue, and of the spool's limit. */
  readonly bytes: number;
  /** What every try to send the same content has in common; absent where that is the id. */
  readonly contentId?: string;
  /** As in the message: whole Unix seconds. */
  readonly timeCreated: number;
  readonly timeUploaded: number;
}

export function spoolable({ message, contentId }: Push): SpoolableMessage {
  const ready = serialised(message);
  const { time_created: timeCreated, time_uploaded: timeUploaded } = message;
  const keyed = contentId === message.id ? {} : { contentId };
  return { ...ready, bytes: countBytes(ready), timeCreated, timeUploaded, ...keyed };
}

/** Of all of them. */
export function totalBytes(messages: readonly { readonly bytes: number }[]): number {
  let bytes = 0;
  for (const message of messages) bytes += message.bytes;
  return bytes;
}

/** A message that is on disk and not yet on the queue. */
export interface SpooledMessage extends SerialisedMessage {
  /** As of a message on its way into the spool. */
  readonly bytes: number;
  /** Its place in the order of acceptance; never used twice. */
  readonly sequence: number;
  /** Wall clock, in milliseconds since the Unix epoch. */
  readonly storedAt: number;
}
