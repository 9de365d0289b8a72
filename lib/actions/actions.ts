import type { Action } from "../application/action.ts";
import { info } from "./info.ts";
import { message } from "./message.ts";
import { messages } from "./messages.ts";
import { openapi } from "./openapi.ts";

/** What a client may ask for, in the order in which it is told so. */
export const actions: readonly Action[] = [info, message, messages, openapi];
