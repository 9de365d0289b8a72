import * as z from "zod/mini";
import type { MessageType } from "./message-type.ts";
import { decimal, whole } from "./number.ts";

/** Where a listener is, and when it was there by its own receiver. */
export const listenerTelem = {
  name: "LISTENER_TELEM",
  data: z.object(
    {
      latitude: decimal(-90, 90, "must be degrees from -90 to 90"),
      longitude: decimal(-180, 180, "must be degrees from -180 to 180"),
      altitude: whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "must be whole metres"),
      time: z.object(
        {
          hour: whole(0, 24, "must be a whole number from 0 to 24"),
          minute: whole(0, 59, "must be a whole number from 0 to 59"),
          // Two leap seconds were once thought possible in one minute (ISO C90's tm_sec).
          second: whole(0, 61, "must be a whole number from 0 to 61"),
        },
        "must be an object with hour, minute and second",
      ),
    },
    "must be an object",
  ),
} as const satisfies MessageType;
