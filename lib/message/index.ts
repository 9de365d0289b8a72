/** For the programs that read the queue: what a message is, and how to read one. */
export { InvalidMessageError } from "./invalid-message.ts";
export { listenerInfo } from "./listener-info.ts";
export { listenerTelem } from "./listener-telem.ts";
export type { MessageType } from "./message-type.ts";
export { type Message, messageTypes } from "./message-types.ts";
export { messageSchemas, parseMessage } from "./parse-message.ts";
export { receivedTelem } from "./received-telem.ts";
export type { StoredMessage } from "./stored-message.ts";
