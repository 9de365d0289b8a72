import type { FunctionMiddleware } from "./function-middleware.ts";
import { type ExchangeOptions, openExchange } from "./lambda-exchange.ts";

/**
 * Turns the event into an exchange, which the handler gets in its place, with its id and its deadline. An event of an
 * unknown shape ends the invocation with an error: nobody knows what answer its sender would understand.
 */
export function recogniseEvent(options: ExchangeOptions): FunctionMiddleware {
  return {
    before(request) {
      const exchange = openExchange(request.event, request.context, options);
      request.internal.exchange = exchange;
      request.event = exchange;
    },
  };
}
