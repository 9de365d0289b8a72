import type { StoredMessage } from "./stored-message.ts";

/**
 * A message as the body of an SQS message. SQS refuses a whole message for one character outside U+0009, U+000A,
 * U+000D, U+0020–U+D7FF, U+E000–U+FFFD and U+10000–U+10FFFF; JSON text may hold others. `JSON.stringify` escapes
 * control characters and lone surrogates, and the rest is escaped here. So are the characters from U+10000 on: SQS
 * permits them, but emulators of it refuse them. Either way `JSON.parse` gives the same message back.
 */
export function serialiseMessage(message: StoredMessage): string {
  const text = JSON.stringify(message);
  // Hardly any has one, and finding that out by replacing none takes five times as long.
  return toEscape.test(text) ? text.replace(allToEscape, escaped) : text;
}

const toEscape = /[\ud800-\udfff\ufffe\uffff]+/;
const allToEscape = new RegExp(toEscape, "g");

/** Four hexadecimal digits do for each of its code units. */
function escaped(run: string): string {
  let text = "";
  for (let at = 0; at < run.length; at += 1) text += `\\u${run.charCodeAt(at).toString(16)}`;
  return text;
}
