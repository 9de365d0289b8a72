import { errorCode } from "./error-code.ts";

/** What went wrong, in the words of what was thrown. */
export function reasonOf(error: unknown): string {
  // Of a host with several addresses, each of which was tried.
  if (error instanceof AggregateError && error.message === "") return reasonOf(error.errors[0]);
  // Node's are "UNKNOWN: unknown error".
  if (errorCode(error) === "EDQUOT") return "EDQUOT: disk quota exceeded";
  return error instanceof Error ? error.message : String(error);
}
