import * as z from "zod/mini";

/** Who says that a message is theirs: no proof of identity. Kept in upper case. */
export const callsign = z.codec(
  z
    .string("must be text of the characters A-Z a-z 0-9 / _ -")
    .check(
      z.regex(/^[A-Za-z0-9/_-]+$/, "must be at least one of the characters A-Z a-z 0-9 / _ -, and no others"),
    ),
  z.string().check(z.regex(/^[A-Z0-9/_-]+$/, "must be at least one of the characters A-Z 0-9 / _ -")),
  { decode: (text) => text.toUpperCase(), encode: (text) => text },
);
