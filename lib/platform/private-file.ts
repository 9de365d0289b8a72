import { closeSync, openSync } from "node:fs";
import { errorCode } from "./error-code.ts";

/** Only its owner may read it: messages are nobody else's business. */
export const privateMode = 0o600;

/**
 * Makes a file, where it is missing, before SQLite would make it readable to others. One that is there is not opened: to
 * close it would drop the locks that this process has on it (fcntl(2)).
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", privateMode));
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}
