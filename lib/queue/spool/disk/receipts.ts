import { hash } from "node:crypto";
import type { SpoolableMessage } from "../spooled-message.ts";

/** What the sender of an acknowledged message was told, or could have been. Whole Unix seconds. */
export interface FirstReceipt {
  readonly time_created: number;
  readonly time_uploaded: number;
}

/**
 * Receipts of acknowledged messages, one after the other, each of `receiptBytes`:
 *
 * - 16 bytes that identify the message: of the SHA-256 over callsign and id. One client's key "1" is not another's.
 * - 16 bytes that stand for its content.
 * - the two times as doubles, little-endian.
 */
export type Receipts = Buffer<ArrayBufferLike>;

export const receiptBytes = 48;

const contentAt = 16;
const createdAt = 32;
const uploadedAt = 40;

export function writeReceipt(receipts: Receipts, index: number, message: SpoolableMessage): void {
  const start = index * receiptBytes;
  const { callsign, id, contentId, timeCreated, timeUploaded } = message;
  receipts.write(sha256(`${callsign}\0${id}`), start, contentAt, "latin1");
  if (contentId === undefined) receipts.copyWithin(start + contentAt, start, start + contentAt);
  else receipts.write(sha256(contentId), start + contentAt, contentAt, "latin1");
  receipts.writeDoubleLE(timeCreated, start + createdAt);
  receipts.writeDoubleLE(timeUploaded, start + uploadedAt);
}

/** A character for each byte, the quickest of Node's ways to have them. "binary" is its other name for "latin1". */
function sha256(text: string): string {
  return hash("sha256", text, "binary");
}

export function firstReceipt(receipts: Receipts, index: number): FirstReceipt {
  const start = index * receiptBytes;
  return {
    time_created: receipts.readDoubleLE(start + createdAt),
    time_uploaded: receipts.readDoubleLE(start + uploadedAt),
  };
}

export function sameMessage(one: Receipts, index: number, other: Receipts, otherIndex: number): boolean {
  return samePart(0, one, index, other, otherIndex);
}

/** Only to be asked of receipts of the same message. */
export function sameContent(one: Receipts, index: number, other: Receipts, otherIndex: number): boolean {
  return samePart(contentAt, one, index, other, otherIndex);
}

function samePart(part: number, one: Receipts, index: number, other: Receipts, otherIndex: number): boolean {
  const start = index * receiptBytes + part;
  const otherStart = otherIndex * receiptBytes + part;
  return one.compare(other, otherStart, otherStart + 16, start, start + 16) === 0;
}

/**
 * Makes fingerprints of messages from the identity in their receipts: 32 bits, by multipliers that nobody outside knows. A
 * client chooses its keys, and so could choose many that share a fingerprint, to make every look-up long.
 *
 * @param multipliers four odd numbers of 32 bits
 */
export function fingerprinter(multipliers: readonly [number, number, number, number]) {
  const [a, b, c, d] = multipliers;
  return (receipts: Receipts, index: number): number => {
    const start = index * receiptBytes;
    const sum =
      (Math.imul(receipts.readInt32LE(start), a) +
        Math.imul(receipts.readInt32LE(start + 4), b) +
        Math.imul(receipts.readInt32LE(start + 8), c) +
        Math.imul(receipts.readInt32LE(start + 12), d)) |
      0;
    // The low bits of a product know only the low bits of its factors.
    return (sum ^ (sum >>> 16)) >>> 0;
  };
}
