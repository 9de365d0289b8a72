import * as z from "zod";

/** What the peers check an upload against: less than we do, as most would write it. */
export const uploadSchema = z.object({
  callsign: z.string().regex(/^[A-Za-z0-9/_-]+$/),
  type: z.enum(["RECEIVED_TELEM", "LISTENER_INFO", "LISTENER_TELEM"]),
  time_created: z.coerce.number().int(),
  time_uploaded: z.coerce.number().int(),
  data: z.record(z.string(), z.unknown()),
});
