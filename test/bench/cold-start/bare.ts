import { bareHandler } from "./bare-handler.ts";
import { sendMessage } from "./send-message.ts";

/** What a function costs before anything of ours. */
export const handler = bareHandler(sendMessage);
