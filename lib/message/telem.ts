import type { ForbiddenType } from "./message-type.ts";

/** Telemetry that has been understood. */
export const telem = {
  name: "TELEM",
  forbidden: "the system behind the queue makes it out of RECEIVED_TELEM",
} as const satisfies ForbiddenType;
