import type { ALBEvent, ALBResult } from "aws-lambda";
import type { InsertResponse } from "../application/insert-request.ts";
import { statusText } from "../application/status-text.ts";
import { eventBody } from "./event-body.ts";
import { eventHeaders } from "./event-headers.ts";
import { eventPath } from "./event-path.ts";
import type { EventRequest } from "./event-request.ts";

/** From an event of an application load balancer, with single or with multiple header values. */
export function albRequest(event: ALBEvent): EventRequest {
  const headers = eventHeaders(event);
  return {
    method: event.httpMethod,
    path: eventPath(event.path),
    prefix: "",
    headers,
    body: eventBody(event.body, event.isBase64Encoded),
    client: lastHop(headers.get("x-forwarded-for")),
  };
}

/** The load balancer takes header values in the form of its event, and ignores the other. */
export function albResult({ status, headers, body }: InsertResponse, event: ALBEvent): ALBResult {
  return {
    statusCode: status,
    statusDescription: `${status} ${statusText(status)}`,
    ...(event.multiValueHeaders == null
      ? { headers: { ...headers } }
      : {
          multiValueHeaders: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, [value]]),
          ),
        }),
    body,
    isBase64Encoded: false,
  };
}

/** The load balancer's own addition; what stands before it is the client's word. A target group may ask for the port too. */
function lastHop(forwardedFor: string | undefined): string | undefined {
  const hop = forwardedFor?.split(",").at(-1)?.trim();
  const withPort = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d+)?$/.exec(hop ?? "");
  return withPort?.[1] ?? withPort?.[2] ?? hop;
}
