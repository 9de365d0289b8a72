import type { Message } from "../message/message-types.ts";
import { parseMessage } from "../message/parse-message.ts";

/** A message on one line, for programs: the body as it is on the queue, or its JSON where it has lines of its own. */
export function messageLine(body: string): string {
  return /[\n\r]/.test(body) ? JSON.stringify(parsed(body)) : body;
}

/** A message on one line, for people. Nothing in it can move the cursor or the like. */
export function messageText(body: string): string {
  let message: Message;
  try {
    message = parseMessage(body);
  } catch {
    return visible(`not a message: ${messageLine(body)}`);
  }
  const { source, type, time_created, data } = message;
  const time = new Date(time_created * 1000);
  const shown = Number.isNaN(time.getTime()) ? String(time_created) : `${time.toISOString().slice(0, 19)}Z`;
  return visible(`${shown}  ${source.callsign.padEnd(9)} ${type.padEnd(14)}  ${JSON.stringify(data)}`);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** A terminal takes more than the characters that JSON escapes for orders (ECMA-48 §5: C0, DEL and C1). */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
