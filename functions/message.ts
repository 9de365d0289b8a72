import { functionQueue } from "../lib/lambda/function-queue.ts";
import { insertFunction } from "../lib/lambda/insert-function.ts";

/** Inserts one message. */
export const handler = insertFunction((observer) => functionQueue(process.env, observer));
