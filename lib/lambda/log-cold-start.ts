import type { Logger } from "@aws-lambda-powertools/logger";
import type { FunctionMiddleware } from "./function-middleware.ts";

/** One line for each new environment, with the milliseconds from the start of its process to its first event. */
export function logColdStart(logger: Pick<Logger, "info">, uptime: () => number): FunctionMiddleware {
  let isCold = true;
  return {
    before({ context }) {
      if (!isCold) return;
      isCold = false;
      logger.info("cold start", {
        version: context.functionVersion,
        memory: context.memoryLimitInMB,
        uptime: Math.round(uptime()),
      });
    },
  };
}
