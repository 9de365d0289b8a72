import * as z from "zod/mini";
import { parseSocketAddress, type SocketAddress } from "../../platform/socket-address.ts";
import type { ListenAddress } from "../../server/listen-address.ts";

/** What an address setting comes to: undefined is `off`. */
function address(expected: string, allows: (address: SocketAddress) => boolean) {
  return z.pipe(
    z.string().check(
      z.refine((text) => {
        if (text === "off") return true;
        const parsed = parseSocketAddress(text);
        return parsed !== undefined && allows(parsed);
      }, `expected ${expected}, or off`),
    ),
    z.transform((text: string): ListenAddress | undefined =>
      text === "off" ? undefined : parseSocketAddress(text),
    ),
  );
}

export const httpAddress = address("HOST:PORT", ({ kind }) => kind === "tcp");

export const scgiAddress = address("unix:PATH or HOST:PORT", () => true);
