import { absentQueue } from "../lib/lambda/absent-queue.ts";
import { insertFunction } from "../lib/lambda/insert-function.ts";

/** Answers what no other function does as on premises: 404 with the actions that there are, 405 with the methods. */
export const handler = insertFunction(() => absentQueue);
