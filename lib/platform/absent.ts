import { errorCode } from "./error-code.ts";

/** What a file that is not there comes to, for `catch`: undefined. Any other error is thrown on. */
export function absent(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
}
