import type { MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";
import type { LambdaResult } from "./lambda-event.ts";
import type { LambdaExchange } from "./lambda-exchange.ts";

/** A member of the stack around every function. */
export type FunctionMiddleware = MiddlewareObj<
  unknown,
  LambdaResult,
  Error,
  Context,
  {
    /** Once the event is recognised. */
    exchange?: LambdaExchange;
  }
>;
