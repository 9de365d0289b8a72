import type { Context } from "aws-lambda";
import { withoutPrefix } from "../application/action-path.ts";
import type { InsertRequest, InsertResponse } from "../application/insert-request.ts";
import { Phases } from "../application/phases.ts";
import { unlimitedMemory } from "../application/request-memory.ts";
import type { Clock } from "../message/clock.ts";
import type { EventRequest } from "./event-request.ts";
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

/** @throws {Error} in words for the operator, of an event that cannot be answered */
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
      ...target(request, prefix),
      memory: unlimitedMemory,
      id: requestId ?? context.awsRequestId,
      deadline: clock.monotonic() + context.getRemainingTimeInMillis() - margin,
      phases,
    },
    toResult,
  };
}

/**
 * What the event is for. The gateway's own prefix is always in its path, the configured one may not be. Where nothing stands
 * behind the gateway's, it may name an action, as that of a domain that is for one: the root would answer an upload 200 and
 * keep nothing.
 */
function target(event: EventRequest, prefix: string): Pick<InsertRequest, "path" | "prefix"> {
  const path = withoutPrefix(event.path, event.prefix);
  if (path !== "/") return { path, prefix };
  const last = event.prefix.slice(event.prefix.lastIndexOf("/"));
  return last === "" ? { path, prefix } : { path: last, prefix: last };
}
