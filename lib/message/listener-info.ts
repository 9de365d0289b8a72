import * as z from "zod/mini";
import type { MessageType } from "./message-type.ts";

/** A number or boolean becomes its text; null is as good as absent. */
const text = z.optional(
  z.pipe(
    z.union([z.string(), z.number(), z.boolean(), z.null()], "must be text"),
    z.transform((value) => (value === null ? undefined : String(value))),
  ),
);

/** Who a listener is and what it listens with. */
export const listenerInfo = {
  name: "LISTENER_INFO",
  data: z.pipe(
    z.object({ name: text, location: text, radio: text, antenna: text }, "must be an object"),
    z.transform(
      (data) =>
        Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as {
          readonly [Key in keyof typeof data]?: string;
        },
    ),
  ),
} as const satisfies MessageType;
