import { hash } from "node:crypto";

/**
 * The same for every try of a client to send one message: neither the time of the upload nor the client's address is
 * part of it. SHA-256, in hexadecimal. It must never change between versions, or a retry across an upgrade doubles.
 *
 * @param timeCreated as sent, in whole seconds, before any correction
 * @param data as stored, in the order of its schema's keys
 */
export function messageId(callsign: string, type: string, timeCreated: number, data: unknown): string {
  return hash("sha256", JSON.stringify([callsign, type, timeCreated, data]), "hex");
}
