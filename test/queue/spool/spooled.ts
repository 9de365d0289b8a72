import type { SpoolableMessage, SpooledMessage } from "../../../lib/queue/spool/spooled-message.ts";

/** A waiting message, told from others by its sequence. */
export function spooled(sequence: number, callsign = "M0ZDR", bytes = 10): SpooledMessage {
  return { sequence, id: `id-${sequence}`, callsign, type: "LISTENER_INFO", body: "{}", bytes, storedAt: 0 };
}

/** A message on its way into the spool, told from others by its id. */
export function spoolable(id: string, differing: Partial<SpoolableMessage> = {}): SpoolableMessage {
  return {
    id,
    callsign: "M0ZDR",
    type: "LISTENER_INFO",
    body: "{}",
    bytes: 10,
    timeCreated: 1,
    timeUploaded: 2,
    ...differing,
  };
}
