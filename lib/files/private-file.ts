import { closeSync, openSync } from "node:fs";

/** Only its owner may read it: messages are nobody else's business. */
export const privateMode = 0o600;

/** Makes a file, where it is missing, before SQLite would make it readable to others. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, "a", privateMode));
}
