import type { FunctionMiddleware } from "./function-middleware.ts";
import type { RequestTelemetry } from "./request-telemetry.ts";

/** Writes the line of each request that was answered. */
export function reportRequest(telemetry: RequestTelemetry): FunctionMiddleware {
  return {
    after({ response, internal: { exchange } }) {
      if (exchange === undefined || response?.statusCode === undefined) return;
      telemetry.answered(exchange.request, response.statusCode);
    },
  };
}
