import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";

/** A request as a gateway gets it from a client. */
export interface GatewayRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  readonly query: string;
  /** In order, as sent; a name may come twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly client: string;
}

/**
 * The events that AWS's gateways make of a request, written from their documents and from captured events: the oracle
 * that the converters are held against. Only what the documents leave to the gateway can be chosen: the stage, the
 * mapping, and whether a body that could be text travels as base64.
 */
export interface GatewaySettings {
  /** Of an HTTP API. */
  readonly stage: string;
  /** Base-path mapping of a REST API's custom domain; "" for none. */
  readonly mapping: string;
  readonly base64: boolean;
}

export const plainGateway: GatewaySettings = { stage: "$default", mapping: "", base64: false };

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html: names in lower
 * case, repeats joined by commas, cookies apart, no body when it is empty; the path is decoded, with the stage in front.
 */
export function httpApiEvent(request: GatewayRequest, settings = plainGateway): APIGatewayProxyEventV2 {
  const { stage } = settings;
  const path = `${stage === "$default" ? "" : `/${stage}`}${decoded(request.path)}`;
  return version2Event(request, path, stage, settings);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html: format 2.0, the path as the client sent it. */
export function functionUrlEvent(request: GatewayRequest, settings = plainGateway): APIGatewayProxyEventV2 {
  return version2Event(request, request.path, "$default", settings);
}

function version2Event(
  request: GatewayRequest,
  path: string,
  stage: string,
  settings: GatewaySettings,
): APIGatewayProxyEventV2 {
  const cookies = request.headers.filter(([name]) => isCookie(name)).map(([, value]) => value);
  const { body, isBase64Encoded } = encodedBody(request.body, settings);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: request.query,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: Object.fromEntries(
      [...grouped(request.headers.map(([name, value]) => [name.toLowerCase(), value]))]
        .filter(([name]) => !isCookie(name))
        .map(([name, values]) => [name, values.join(",")]),
    ),
    requestContext: {
      accountId: "123456789012",
      apiId: "r3pmxmplak",
      domainName: "r3pmxmplak.execute-api.us-east-2.amazonaws.com",
      domainPrefix: "r3pmxmplak",
      http: {
        method: request.method,
        path,
        protocol: "HTTP/1.1",
        sourceIp: request.client,
        userAgent: "curl/8.5",
      },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: "$default",
      stage,
      time: "15/Jan/2011:15:01:49 +0000",
      timeEpoch: 1_295_103_709_000,
    },
    ...(body === "" ? {} : { body }),
    isBase64Encoded,
  };
}

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format:
 * names as sent, the last value of each besides all of them, null where there is none; the path encoded, with the
 * mapping but without the stage.
 */
export function restApiEvent(request: GatewayRequest, settings = plainGateway): APIGatewayProxyEvent {
  const values = grouped(request.headers);
  const hasHeaders = values.size > 0;
  const path = `${settings.mapping}${request.path}`;
  const proxy = request.path.replace(/^\//, "");
  const { body, isBase64Encoded } = encodedBody(request.body, settings);
  return {
    resource: proxy === "" ? "/" : "/{proxy+}",
    path,
    httpMethod: request.method,
    headers: hasHeaders
      ? Object.fromEntries([...values].map(([name, all]) => [name, all.at(-1)]))
      : // Null, whatever the types say.
        (null as unknown as APIGatewayProxyEvent["headers"]),
    multiValueHeaders: hasHeaders
      ? Object.fromEntries(values)
      : (null as unknown as APIGatewayProxyEvent["multiValueHeaders"]),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: proxy === "" ? null : { proxy },
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      apiId: "id",
      authorizer: null,
      protocol: "HTTP/1.1",
      httpMethod: request.method,
      identity: {
        accessKey: null,
        accountId: null,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: request.client,
        user: null,
        userAgent: "curl/8.5",
        userArn: null,
      },
      path: settings.mapping === "" ? `/prod${path}` : path,
      stage: "prod",
      requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
      requestTimeEpoch: 1_295_103_709_000,
      resourceId: "abc123",
      resourcePath: "/{proxy+}",
    },
    body: body === "" ? null : body,
    isBase64Encoded,
  };
}

/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html: names in lower case, the
 * client's address after whatever `X-Forwarded-For` it sent, always a body, the path encoded.
 */
export function albEvent(
  request: GatewayRequest,
  settings: GatewaySettings = plainGateway,
  form: "single" | "multiple" = "single",
): ALBEvent {
  const earlierHops = request.headers
    .filter(([name]) => name.toLowerCase() === "x-forwarded-for")
    .map(([, value]) => value);
  const values = grouped([
    ...request.headers
      .filter(([name]) => name.toLowerCase() !== "x-forwarded-for")
      .map(([name, value]) => [name.toLowerCase(), value] as const),
    ["x-forwarded-for", [...earlierHops, request.client].join(", ")] as const,
  ]);
  return {
    requestContext: {
      elb: { targetGroupArn: "arn:aws:elasticloadbalancing:…:targetgroup/postern/6d0ecf831eec9f09" },
    },
    httpMethod: request.method,
    path: request.path,
    queryStringParameters: {},
    ...(form === "single"
      ? { headers: Object.fromEntries([...values].map(([name, all]) => [name, all.at(-1)])) }
      : { multiValueHeaders: Object.fromEntries(values) }),
    ...encodedBody(request.body, settings),
  };
}

/** Bytes that are no text can travel as base64 only. */
function encodedBody(bytes: Uint8Array, { base64 }: GatewaySettings) {
  const text = Buffer.from(bytes).toString("utf8");
  const isText = Buffer.from(text).equals(bytes);
  return base64 || !isText
    ? { body: Buffer.from(bytes).toString("base64"), isBase64Encoded: true }
    : { body: text, isBase64Encoded: false };
}

function grouped(headers: readonly (readonly [string, string])[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

function isCookie(name: string): boolean {
  return name.toLowerCase() === "cookie";
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
