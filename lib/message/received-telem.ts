import * as z from "zod/mini";
import { base64 } from "./base64.ts";
import type { MessageType } from "./message-type.ts";
import { decimal } from "./number.ts";

/** A piece of telemetry as a listener heard it. */
export const receivedTelem = {
  name: "RECEIVED_TELEM",
  data: z.object(
    {
      string: base64,
      /** Hz. */
      frequency: z.optional(decimal(0, Number.MAX_VALUE, "must be Hz, a number that is not negative")),
    },
    "must be an object",
  ),
} as const satisfies MessageType;
