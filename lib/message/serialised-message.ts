import { serialiseMessage } from "./serialise-message.ts";
import type { StoredMessage } from "./stored-message.ts";

/** A message ready for a queue or a disk: its body, and what must be known of it without parsing the body. */
export interface SerialisedMessage {
  readonly id: string;
  readonly type: string;
  readonly callsign: string;
  /** The body of the SQS message. */
  readonly body: string;
}

export function serialised(message: StoredMessage): SerialisedMessage {
  return {
    id: message.id,
    type: message.type,
    callsign: message.source.callsign,
    body: serialiseMessage(message),
  };
}
