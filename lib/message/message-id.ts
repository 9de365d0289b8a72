import { hash } from "node:crypto";
import * as z from "zod/mini";

const expected = "must be 1 to 128 printable ASCII characters without spaces";

/** What an id may be: what SQS takes as a deduplication id, 1 to 128 letters, digits and ASCII punctuation. */
export const id = z.string(expected).check(z.regex(/^[!-~]{1,128}$/, expected));

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
