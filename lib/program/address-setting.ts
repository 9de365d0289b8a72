import * as z from "zod/mini";
import { type ListenAddress, parseListenAddress } from "../server/listen-address.ts";

/** What an address setting comes to: undefined is `off`. */
function address(expected: string, allows: (address: ListenAddress) => boolean) {
  return z.pipe(
    z.string().check(
      z.refine((text) => {
        if (text === "off") return true;
        const parsed = parseListenAddress(text);
        return parsed !== undefined && allows(parsed);
      }, `expected ${expected}, or off`),
    ),
    z.transform((text: string) => (text === "off" ? undefined : parseListenAddress(text))),
  );
}

export const httpAddress = address("HOST:PORT", ({ kind }) => kind === "tcp");

export const scgiAddress = address("unix:PATH or HOST:PORT", () => true);
