import type { SpoolableMessage } from "../spooled-message.ts";

/** Of one message, in this order. */
type Fields = readonly [
  id: string,
  type: string,
  callsign: string,
  body: string,
  bytes: number,
  timeCreated: number,
  timeUploaded: number,
  contentId: string | undefined,
];

const fieldsOfOne = 8 satisfies Fields["length"];

/**
 * Messages on their way to another thread: their fields, one message's after the other's. Cloning an object takes longer than
 * cloning all that it holds, and an array for each message half as long again as one for all.
 */
export type PackedMessages = readonly Fields[number][];

export function packed(messages: readonly SpoolableMessage[]): PackedMessages {
  const fields: Fields[number][] = [];
  for (const message of messages) {
    const { id, type, callsign, body, bytes, timeCreated, timeUploaded, contentId } = message;
    const those: Fields = [id, type, callsign, body, bytes, timeCreated, timeUploaded, contentId];
    fields.push(...those);
  }
  return fields;
}

export function unpacked(fields: PackedMessages): readonly SpoolableMessage[] {
  const messages: SpoolableMessage[] = [];
  for (let at = 0; at < fields.length; at += fieldsOfOne) {
    const those = fields.slice(at, at + fieldsOfOne) as unknown as Fields;
    const [id, type, callsign, body, bytes, timeCreated, timeUploaded, contentId] = those;
    const unkeyed = { id, type, callsign, body, bytes, timeCreated, timeUploaded };
    messages.push(contentId === undefined ? unkeyed : { ...unkeyed, contentId });
  }
  return messages;
}
