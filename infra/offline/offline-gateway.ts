import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Context } from "aws-lambda";
import type { LambdaHandler } from "../../lib/lambda/lambda-handler.ts";
import { gatewayEvent, requestUrl } from "./gateway-event.ts";
import { routeFit } from "./route.ts";

export interface ServedFunction {
  readonly name: string;
  readonly routes: readonly string[];
  readonly handler: LambdaHandler;
}

export interface OfflineGatewayOptions {
  readonly host: string;
  /** 0 picks one. */
  readonly port: number;
  readonly functions: readonly ServedFunction[];
}

/** Bytes that API Gateway takes. */
const maxBody = 10 * 1024 * 1024;
/** Milliseconds that a function has, as `serverless.yml` gives them. */
const timeout = 10_000;

/** As much of an HTTP API as the functions see of it: routes, events, results. Throttling and the like it has not. */
export async function startOfflineGateway({ host, port, functions }: OfflineGatewayOptions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, functions).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      reply(response, 500, "Internal Server Error");
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  functions: readonly ServedFunction[],
): Promise<void> {
  const body = await wholeBody(request);
  if (body === undefined) return reply(response, 413, "Request Entity Too Large");
  const chosen = chooseRoute(functions, request);
  if (chosen === undefined) return reply(response, 404, "Not Found");
  const result = await chosen.handler(gatewayEvent(request, body, chosen.route), context(chosen.name));
  const content = Buffer.from(result.body ?? "", result.isBase64Encoded === true ? "base64" : "utf8");
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, String(value));
  response.writeHead(result.statusCode ?? 200, { "content-length": content.length }).end(content);
}

function chooseRoute(functions: readonly ServedFunction[], request: IncomingMessage) {
  const { pathname } = requestUrl(request);
  const [best] = functions
    .flatMap(({ routes, ...served }) => routes.map((route) => ({ ...served, route })))
    .map((route) => ({ ...route, fit: routeFit(route.route, request.method ?? "GET", pathname) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit);
  return best;
}

/** @returns undefined when it is more than API Gateway takes */
async function wholeBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBody) chunks.push(chunk);
  }
  return length > maxBody ? undefined : Buffer.concat(chunks);
}

function context(name: string): Context {
  const end = performance.now() + timeout;
  const unused = () => {};
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: `postern-offline-${name}`,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:postern-offline-${name}`,
    memoryLimitInMB: "512",
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/postern-offline-${name}`,
    logStreamName: "offline",
    getRemainingTimeInMillis: () => Math.max(0, end - performance.now()),
    done: unused,
    fail: unused,
    succeed: unused,
  };
}

/** In API Gateway's own words. */
function reply(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
}
