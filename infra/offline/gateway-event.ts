import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** What an HTTP API hands over as text; anything else, and whatever is compressed, as base64. */
const textTypes = /^(?:text\/|application\/(?:json|xml|javascript)\b)/;

/** An HTTP API's event (payload 2.0, stage `$default`) of a request that has come in whole. */
export function gatewayEvent(request: IncomingMessage, body: Buffer, route: string): APIGatewayProxyEventV2 {
  const { pathname, search } = requestUrl(request);
  const { method = "GET", headersDistinct } = request;
  const { cookie: cookies, ...others } = headersDistinct;
  const headers = Object.fromEntries(
    Object.entries(others).map(([name, values = []]) => [name, values.join(",")]),
  );
  const isText = textTypes.test(headers["content-type"] ?? "") && headers["content-encoding"] === undefined;
  const now = new Date();
  return {
    version: "2.0",
    routeKey: route,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    ...(cookies === undefined ? {} : { cookies: cookies.flatMap((line) => line.split("; ")) }),
    headers,
    requestContext: {
      accountId: "000000000000",
      apiId: "offline",
      domainName: headers["host"] ?? "localhost",
      domainPrefix: "offline",
      http: {
        method,
        path: pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: route,
      stage: "$default",
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Its path decoded, as an HTTP API has it; one that cannot be decoded stays as it is. */
export function requestUrl(request: IncomingMessage): { readonly pathname: string; readonly search: string } {
  const [encoded = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s, 2);
  const search = query === "" ? "" : `?${query}`;
  try {
    return { pathname: decodeURIComponent(encoded), search };
  } catch {
    return { pathname: encoded, search };
  }
}
