import type { Context } from "aws-lambda";
import { withoutPrefix } from "../application/action-path.ts";
import type { InsertRequest, InsertResponse } from "../application/insert-request.ts";
import { Phases } from "../application/phases.ts";
import { unlimitedMemory } from "../application/request-memory.ts";
import type { Clock } from "../message/clock.ts";
import { type LambdaResult, readEvent } from "./lambda-event.ts";

/** One event and its answer. */
export interface LambdaExchange {
  readonly request: InsertRequest;
  toResult(response: InsertResponse): LambdaResult;
}

export interface ExchangeOptions {
  readonly clock: Clock;
  /** Path under which a gateway serves the actions, where its events do not say so themselves. */
  readonly prefix: string;
}

/**
 * Milliseconds before the invocation's end by which the answer must be out. A function that is cut off answers nothing
 * at all, and its environment is thrown away.
 */
const margin = 500;

/** @throws {UnknownEventError} */
export function openExchange(
  event: unknown,
  context: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">,
  { clock, prefix }: ExchangeOptions,
): LambdaExchange {
  const phases = new Phases(clock);
  const { request, requestId, toResult } = readEvent(event);
  phases.end("read");
  return {
    request: {
      ...request,
      // The gateway's own prefix is always there, the configured one may not be.
      path: withoutPrefix(request.path, request.prefix),
      prefix,
      memory: unlimitedMemory,
      id: requestId ?? context.awsRequestId,
      deadline: clock.monotonic() + context.getRemainingTimeInMillis() - margin,
      phases,
    },
    toResult,
  };
}
