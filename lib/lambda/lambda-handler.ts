import type { Logger } from "@aws-lambda-powertools/logger";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import type { InsertHandler } from "../application/insert-request.ts";
import type { Clock } from "../message/clock.ts";
import { answerErrors } from "./answer-errors.ts";
import { ignoreWarmUp } from "./ignore-warm-up.ts";
import type { LambdaResult } from "./lambda-event.ts";
import type { LambdaExchange } from "./lambda-exchange.ts";
import { logColdStart } from "./log-cold-start.ts";
import { recogniseEvent } from "./recognise-event.ts";
import { reportRequest } from "./report-request.ts";
import type { RequestTelemetry } from "./request-telemetry.ts";

export interface LambdaHandlerOptions {
  readonly handler: InsertHandler;
  readonly clock: Clock;
  readonly logger: Pick<Logger, "info" | "error">;
  readonly telemetry: RequestTelemetry;
  /** Path under which a gateway serves the actions, where its events do not say so themselves. Default none. */
  readonly prefix?: string;
}

/** What Lambda calls. */
export type LambdaHandler = (event: unknown, context: Context) => Promise<LambdaResult>;

/** The door for events: the stack of middlewares around a handler that knows nothing of them. */
export function lambdaHandler(options: LambdaHandlerOptions): LambdaHandler {
  const { handler, clock, logger, telemetry, prefix = "" } = options;
  const stack = middy<LambdaExchange, LambdaResult>()
    .use(logColdStart(logger, () => process.uptime() * 1000))
    .use(ignoreWarmUp())
    .use(answerErrors(telemetry, logger))
    .use(recogniseEvent({ clock, prefix }))
    .use(reportRequest(telemetry))
    .handler(async ({ request, toResult }: LambdaExchange) => toResult(await handler.handle(request)));
  // Whatever event comes, `recogniseEvent` has made an exchange of it before the handler sees it.
  return (event, context) => stack(event as LambdaExchange, context);
}
