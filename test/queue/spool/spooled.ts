import type { SpooledMessage } from "../../../lib/queue/spool/spooled-message.ts";

/** A waiting message, told from others by its sequence. */
export function spooled(sequence: number, callsign = "M0ZDR", bytes = 10): SpooledMessage {
  return { sequence, id: `id-${sequence}`, callsign, type: "LISTENER_INFO", body: "{}", bytes, storedAt: 0 };
}
