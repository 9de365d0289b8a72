import { absentQueue } from "../lib/lambda/absent-queue.ts";
import { insertFunction } from "../lib/lambda/insert-function.ts";

/** Says what this is. */
export const handler = insertFunction(() => absentQueue);
