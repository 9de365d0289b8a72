import * as z from "zod/mini";
import { parseGatewayAddress } from "../../client/gateway-address.ts";
import type { Values } from "../../program/settings/read-settings.ts";
import type { Setting } from "../../program/settings/setting.ts";
import { filePath, wholeNumber } from "../../program/settings/setting-types.ts";

const addresses = "http://HOST:PORT[/PREFIX], https://HOST[/PREFIX], scgi+unix:PATH or scgi://HOST:PORT";

const gatewayAddress = z.pipe(
  z.string(),
  z.transform((text: string, context) => {
    const address = parseGatewayAddress(text);
    if (address !== undefined) return address;
    context.issues.push({ code: "custom", message: `expected ${addresses}`, input: text });
    return z.NEVER;
  }),
);

/** Everything that `postern send` can be told but what to send. */
export const sendSettings = {
  to: {
    flag: "--to <URL>",
    variable: "POSTERN_TO",
    default: "http://127.0.0.1:8080",
    meaning: `gateway: ${addresses}`,
    schema: gatewayAddress,
  },
  batch: {
    flag: "--batch <N>",
    variable: "POSTERN_BATCH",
    default: "500",
    meaning: "messages in one request at most; fewer where they are large or the line is slow",
    schema: wholeNumber(1, 10_000),
  },
  retryFor: {
    flag: "--retry-for <SECONDS>",
    variable: "POSTERN_RETRY_FOR",
    default: "300",
    meaning: "how long to try again while nothing gets through; 0 for not at all",
    schema: wholeNumber(0, 10_000_000),
  },
  state: {
    flag: "--state <FILE>",
    variable: "POSTERN_STATE",
    meaning:
      "what an interrupted upload continues from; off for none; by default FILE.postern-send, and none for a pipe",
    schema: filePath,
  },
  rejected: {
    flag: "--rejected <FILE>",
    variable: "POSTERN_REJECTED",
    meaning:
      "where rejected messages are appended, with their reasons; by default FILE.rejected.ndjson, or stdin.rejected.ndjson for a pipe",
    schema: filePath,
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SendSettings = Values<typeof sendSettings>;
