import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { InsertResponse } from "../application/insert-request.ts";
import { eventBody } from "./event-body.ts";
import { eventHeaders } from "./event-headers.ts";
import { eventPath } from "./event-path.ts";
import type { EventRequest } from "./event-request.ts";

/**
 * From an event of payload format 1.0: a REST API, or an HTTP API that is told to speak it.
 *
 * @throws {Error} of a body that is lost, for the operator: its client, which is told 5xx, will send it again
 */
export function restApiRequest(event: APIGatewayProxyEvent): EventRequest {
  const headers = eventHeaders(event);
  if (isMangled(event, headers)) throw new Error(mangled);
  if (isDecompressed(event, headers)) headers.delete("content-encoding");
  return {
    method: event.httpMethod,
    path: eventPath(event.path),
    prefix: basePath(event),
    headers,
    body: eventBody(event.body, event.isBase64Encoded),
    client: event.requestContext.identity.sourceIp,
  };
}

export function restApiResult({ status, headers, body }: InsertResponse): APIGatewayProxyResult {
  return { statusCode: status, headers: { ...headers }, body, isBase64Encoded: false };
}

/**
 * Whether the API undid the compression and left its header: with compression enabled it does so for gzip and deflate.
 * What it did not undo is no text and comes as base64.
 */
function isDecompressed(event: APIGatewayProxyEvent, headers: ReadonlyMap<string, string>): boolean {
  return !event.isBase64Encoded && /^(?:gzip|deflate)$/i.test(headers.get("content-encoding") ?? "");
}

const mangled =
  'The REST API has made text of a compressed body, so that it is lost; give the API binaryMediaTypes ["*/*"].';

/**
 * Whether what was compressed was decoded as UTF-8, so that it has characters in place of what is none. JSON that the API has
 * undone, which may have such a character too, begins like JSON; gzip begins with `1f 8b`, also where no header says so.
 */
function isMangled(
  { body, isBase64Encoded }: APIGatewayProxyEvent,
  headers: ReadonlyMap<string, string>,
): boolean {
  if (isBase64Encoded || body?.includes("\ufffd") !== true) return false;
  const isCompressed = !/^(?:identity)?$/i.test(headers.get("content-encoding") ?? "");
  return body.startsWith("\u001f\ufffd") || (isCompressed && !/^\s*[{[]/.test(body));
}

/**
 * What stands in `path` before the part that the API's resource describes: the base-path mapping of a custom domain.
 * The stage is not in the path of a REST API, but it is in that of an HTTP API, whose `$default` route describes nothing.
 */
function basePath({ path, resource, pathParameters, requestContext }: APIGatewayProxyEvent): string {
  if (resource === "$default") return requestContext.stage === "$default" ? "" : `/${requestContext.stage}`;
  const described = resource.replaceAll(
    /\{([^}+]+)\+?\}/g,
    (_, name: string) => pathParameters?.[name] ?? "",
  );
  const all = segments(path);
  const base = all.slice(0, Math.max(0, all.length - segments(described).length));
  return base.map((segment) => `/${segment}`).join("");
}

function segments(path: string): readonly string[] {
  return eventPath(path)
    .split("/")
    .filter((segment) => segment !== "");
}
