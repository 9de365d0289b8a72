import type {
  ALBEvent,
  ALBResult,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  APIGatewayProxyStructuredResultV2,
} from "aws-lambda";
import type { InsertResponse } from "../application/insert-request.ts";
import { albRequest, albResult } from "./alb-event.ts";
import type { EventRequest } from "./event-request.ts";
import { httpApiRequest, httpApiResult } from "./http-api-event.ts";
import { restApiRequest, restApiResult } from "./rest-api-event.ts";

/** What a function answers an event with. Nothing is not among it: an HTTP API would send that as a 200. */
export type LambdaResult = APIGatewayProxyStructuredResultV2 | APIGatewayProxyResult | ALBResult;

/** An event whose kind is known: what it asks, and how its kind is answered. */
export interface ReadEvent {
  readonly request: EventRequest;
  /** The gateway's own id of the request, which its access log has too; a load balancer has none. */
  readonly requestId: string | undefined;
  toResult(response: InsertResponse): LambdaResult;
}

/** An event that no gateway sends. Its text is for the operator: the keys of the event, nothing of its values. */
export class UnknownEventError extends Error {
  override readonly name = "UnknownEventError";

  constructor(event: unknown) {
    const keys = isRecord(event)
      ? `an object with the keys ${Object.keys(event).slice(0, 20).join(", ")}`
      : typeof event;
    super(
      `Expected an event of an HTTP API (payload 2.0), a REST API (payload 1.0), a function URL or a load balancer, got ${keys}`,
    );
  }
}

/** @throws {UnknownEventError} */
export function readEvent(event: unknown): ReadEvent {
  if (isHttpApiEvent(event)) {
    return {
      request: httpApiRequest(event),
      requestId: event.requestContext.requestId,
      toResult: httpApiResult,
    };
  }
  if (isAlbEvent(event)) {
    return {
      request: albRequest(event),
      requestId: undefined,
      toResult: (response) => albResult(response, event),
    };
  }
  if (isRestApiEvent(event)) {
    return {
      request: restApiRequest(event),
      requestId: event.requestContext.requestId,
      toResult: restApiResult,
    };
  }
  throw new UnknownEventError(event);
}

/** Told by its context: a 1.0 event behind a custom domain may have a `rawPath` too. */
function isHttpApiEvent(event: unknown): event is APIGatewayProxyEventV2 {
  return isRecord(event) && isRecord(event["requestContext"]) && isRecord(event["requestContext"]["http"]);
}

function isAlbEvent(event: unknown): event is ALBEvent {
  return isRecord(event) && isRecord(event["requestContext"]) && isRecord(event["requestContext"]["elb"]);
}

/** A WebSocket API has a stage too, but no method. */
function isRestApiEvent(event: unknown): event is APIGatewayProxyEvent {
  return (
    isRecord(event) &&
    typeof event["httpMethod"] === "string" &&
    isRecord(event["requestContext"]) &&
    typeof event["requestContext"]["stage"] === "string"
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
