import type { StoredMessage } from "../../lib/message/stored-message.ts";

/** What a client sends: the names of a listener are not always ASCII. */
export const listenerUpload = {
  callsign: "M0ZDR",
  type: "LISTENER_INFO",
  time_created: 1_295_103_500,
  time_uploaded: 1_295_103_609,
  data: { name: "Ådám 🎈" },
};

/** A message as the core makes it, told from others by its number. */
export function numberedMessage(number: number, callsign = "M0ZDR", name = ""): StoredMessage {
  return {
    id: `id-${number}`,
    source: { callsign, ip: "2.7.5.8" },
    type: "LISTENER_INFO",
    time_created: number,
    time_uploaded: number,
    data: { name },
  };
}
