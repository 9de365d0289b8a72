import { Problem } from "./problem.ts";

/**
 * Without Content-Length and Transfer-Encoding a request has no body, whatever follows its head (RFC 9112 §6.3): the usual
 * mistake of those who write requests by hand.
 *
 * @param wanted what a body holds
 */
export function emptyBody(wanted: string): Problem {
  return new Problem("invalid_json", `The body is empty, or came without a Content-Length; send ${wanted}.`);
}
