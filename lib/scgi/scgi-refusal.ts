import { bodyTooLarge } from "../application/body-too-large.ts";
import type { Problem } from "../application/problem.ts";
import { headersTooLarge, malformed, tooManyHeaders } from "../server/refusals.ts";
import type { ScgiLimits } from "./header-block.ts";
import { type ScgiErrorCode, scgiErrorDetails } from "./scgi-error.ts";

/** The answer to a request that cannot be read: what is too large as any door says it, else 400 with SCGI's own code. */
export function scgiRefusal(code: ScgiErrorCode, limits: ScgiLimits): Problem {
  switch (code) {
    case "headers_too_large":
      return headersTooLarge(limits.maxHeaderBytes);
    case "too_many_headers":
      return tooManyHeaders(limits.maxHeaders);
    case "body_too_large":
      return bodyTooLarge(limits.maxBody);
    default:
      return malformed(code, scgiErrorDetails[code]);
  }
}
