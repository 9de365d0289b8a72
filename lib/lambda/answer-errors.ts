import type { Logger } from "@aws-lambda-powertools/logger";
import { asProblem } from "../application/as-problem.ts";
import { problemResponse } from "../application/respond.ts";
import type { FunctionMiddleware } from "./function-middleware.ts";
import type { RequestTelemetry } from "./request-telemetry.ts";

/**
 * Answers an error that nobody caught with a problem in the form that the event's kind allows, and logs it once. An
 * event that was not recognised has no such form: its invocation fails, which Lambda counts and the gateway answers
 * with a 5xx.
 */
export function answerErrors(telemetry: RequestTelemetry, logger: Pick<Logger, "error">): FunctionMiddleware {
  return {
    onError({ error, internal: { exchange } }) {
      if (exchange === undefined) {
        logger.error("The event cannot be answered", { error });
        return undefined;
      }
      const problem = asProblem(error);
      const response = problemResponse(problem, exchange.request);
      telemetry.onProblem(problem, exchange.request);
      telemetry.answered(exchange.request, response.status);
      return exchange.toResult(response);
    },
  };
}
