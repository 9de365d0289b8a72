import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { InsertResponse } from "../application/insert-request.ts";
import { eventBody } from "./event-body.ts";
import { eventHeaders } from "./event-headers.ts";
import { eventPath } from "./event-path.ts";
import type { EventRequest } from "./event-request.ts";

/**
 * From an event of an HTTP API (payload format 2.0) or of a function URL, which has the same form.
 *
 * `rawPath` starts with the stage unless that is `$default`; the mapping of a custom domain is not in it.
 */
export function httpApiRequest(event: APIGatewayProxyEventV2): EventRequest {
  const { stage, http } = event.requestContext;
  const headers = eventHeaders(event);
  // The gateway takes cookies out of the headers.
  if (event.cookies !== undefined && !headers.has("cookie")) headers.set("cookie", event.cookies.join("; "));
  return {
    method: http.method,
    path: eventPath(event.rawPath),
    prefix: stage === "$default" ? "" : `/${stage}`,
    headers,
    body: eventBody(event.body, event.isBase64Encoded),
    client: http.sourceIp,
  };
}

export function httpApiResult({ status, headers, body }: InsertResponse): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers: { ...headers }, body, isBase64Encoded: false };
}
