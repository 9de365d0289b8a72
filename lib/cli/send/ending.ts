import type { GatewayAddress } from "../../client/gateway-address.ts";
import type { SendInput } from "./input.ts";
import type { SendSettings } from "./settings.ts";
import type { SendResult } from "./summary.ts";

/** What a user has to know, or can do, once the upload of an input has ended; undefined where that is nothing. */
export function endingNotice(
  { statePath, rejectedPath }: SendInput,
  { end, counts, next }: SendResult,
  { to }: SendSettings,
): string | undefined {
  const goOn =
    statePath === undefined
      ? `message ${next} is the first that may not be stored; sending all of it again is safe`
      : `the same command continues with message ${next}`;
  switch (end.end) {
    case "complete":
      return counts.rejected === 0 ? undefined : `the rejected messages and why: ${rejectedPath}`;
    case "interrupted":
      return `interrupted; ${goOn}`;
    case "undelivered":
      return `gave up: ${to.text}: ${end.reason}; ${goOn}`;
    case "refused":
      return `${to.text} takes no messages: ${end.reason}${hintOn(to)}; once that is mended, ${goOn}`;
    case "unreadable":
      return `cannot be read to its end: ${end.reason}; once it is whole, ${goOn}`;
    case "unrecorded":
      return `stopped, since what was sent cannot be written down: ${end.reason}; sending all of it again is safe`;
  }
}

/** The address of an action looks like one of a gateway under a prefix. */
function hintOn({ kind, text }: GatewayAddress): string {
  const isAction = kind === "http" && /\/message\/?$/.test(text);
  return isAction ? "; --to is the gateway's address, without /message" : "";
}
