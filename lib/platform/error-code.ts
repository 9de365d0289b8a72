import { constants } from "node:os";

/** The system's or Node's name for what went wrong: `ENOENT`, `HPE_INVALID_METHOD`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // libuv has no name for it, so that Node says "Unknown system error -122".
  if ("errno" in error && error.errno === -constants.errno.EDQUOT) return "EDQUOT";
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
