import { functionQueue } from "../lib/lambda/function-queue.ts";
import { insertFunction } from "../lib/lambda/insert-function.ts";

/** Inserts many messages, and says what became of each. */
export const handler = insertFunction((observer) => functionQueue(process.env, observer));
