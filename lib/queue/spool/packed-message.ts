import type { SpoolableMessage } from "./spooled-message.ts";

/**
 * A message on its way to another thread. An object would be cloned with the names of its properties, which takes longer
 * than all that it holds.
 */
export type PackedMessage = readonly [
  id: string,
  type: string,
  callsign: string,
  body: string,
  bytes: number,
  timeCreated: number,
  timeUploaded: number,
  contentId: string | undefined,
];

export function packed(message: SpoolableMessage): PackedMessage {
  const { id, type, callsign, body, bytes, timeCreated, timeUploaded, contentId } = message;
  return [id, type, callsign, body, bytes, timeCreated, timeUploaded, contentId];
}

export function unpacked(message: PackedMessage): SpoolableMessage {
  const [id, type, callsign, body, bytes, timeCreated, timeUploaded, contentId] = message;
  const unkeyed = { id, type, callsign, body, bytes, timeCreated, timeUploaded };
  return contentId === undefined ? unkeyed : { ...unkeyed, contentId };
}
