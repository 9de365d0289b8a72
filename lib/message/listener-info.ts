import * as z from "zod/mini";
import type { MessageType } from "./message-type.ts";

const sent = z.optional(z.union([z.string(), z.number(), z.boolean(), z.null()], "must be text"));
const stored = z.exactOptional(z.string("must be text"));

/** Who a listener is and what it listens with. A number or boolean becomes its text; null is as good as absent. */
export const listenerInfo = {
  name: "LISTENER_INFO",
  data: z.codec(
    z.object({ name: sent, location: sent, radio: sent, antenna: sent }, "must be an object"),
    z.object({ name: stored, location: stored, radio: stored, antenna: stored }, "must be an object"),
    {
      decode: (data) =>
        Object.fromEntries(
          Object.entries(data)
            .filter(([, value]) => value !== undefined && value !== null)
            .map(([key, value]) => [key, String(value)]),
        ),
      encode: (data) => data,
    },
  ),
} as const satisfies MessageType;
