import { createHash } from "node:crypto";

/** How an input is known again: its first bytes, whatever has been appended since. */
export interface InputHead {
  /** How many bytes were looked at. */
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Bytes that an input is known by. */
export const headBytes = 65_536;

export function headOf(bytes: Buffer): InputHead {
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** @param bytes the first `headBytes` of an input, or all of it */
export function hasHead(bytes: Buffer, head: InputHead): boolean {
  return bytes.length >= head.bytes && headOf(bytes.subarray(0, head.bytes)).sha256 === head.sha256;
}

/** RFC 1952 §2.3.1. */
export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
