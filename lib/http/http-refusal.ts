import { bodyTooLarge } from "../application/body-too-large.ts";
import type { Problem } from "../application/problem.ts";
import { errorCode } from "../platform/error-code.ts";
import type { DoorSettings } from "../server/door.ts";
import { headersTooLarge, malformed, undecodableTarget } from "../server/refusals.ts";

/**
 * The answer to bytes that Node's parser cannot read.
 *
 * @returns undefined when it is the connection that failed, so that there is nobody to answer to
 */
export function httpRefusal(
  error: Error,
  settings: Pick<DoorSettings, "maxHeaderBytes" | "maxBody">,
): Problem | undefined {
  const code = errorCode(error);
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return headersTooLarge(settings.maxHeaderBytes);
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return bodyTooLarge(settings.maxBody);
    // The target is empty, for one: any door says so in these words.
    case "HPE_INVALID_URL":
      return undecodableTarget();
    case "HPE_INVALID_EOF_STATE":
      return malformed("premature_end", "The connection ended in the middle of the request.");
    default:
      return code?.startsWith("HPE_")
        ? malformed("invalid_http", `The request is not valid HTTP (RFC 9112): ${reason(error)}.`)
        : undefined;
  }
}

/** Node's parser says where it stumbled, in words of its own and never in the client's. */
function reason(error: Error): string {
  return "reason" in error && typeof error.reason === "string" ? error.reason : error.message;
}
