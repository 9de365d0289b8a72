import type { StoredMessage } from "./stored-message.ts";

/**
 * A message as the body of an SQS message. SQS refuses a whole message for one character outside U+0009, U+000A,
 * U+000D, U+0020–U+D7FF, U+E000–U+FFFD and U+10000–U+10FFFF; JSON text may hold others. `JSON.stringify` escapes
 * control characters and lone surrogates; the two that are left are escaped here. Either way `JSON.parse` gives the
 * same message back.
 */
export function serialiseMessage(message: StoredMessage): string {
  return JSON.stringify(message).replace(/[\ufffe\uffff]/g, (character) =>
    character === "\ufffe" ? "\\ufffe" : "\\uffff",
  );
}
