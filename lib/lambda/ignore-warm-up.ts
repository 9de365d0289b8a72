import type { FunctionMiddleware } from "./function-middleware.ts";
import type { LambdaResult } from "./lambda-event.ts";

/** There was nothing to answer. */
const warm: LambdaResult = { statusCode: 204, body: "" };

/** Answers at once what `serverless-plugin-warmup` sends to keep an environment alive: it asks for nothing. */
export function ignoreWarmUp(): FunctionMiddleware {
  return { before: ({ event }) => (isWarmUp(event) ? warm : undefined) };
}

function isWarmUp(event: unknown): boolean {
  return (
    typeof event === "object" &&
    event !== null &&
    "source" in event &&
    event.source === "serverless-plugin-warmup"
  );
}
