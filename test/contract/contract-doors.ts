import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Metrics } from "@aws-lambda-powertools/metrics";
import type { InsertHandler } from "../../lib/application/insert-request.ts";
import { httpServer } from "../../lib/http/http-server.ts";
import { lambdaHandler } from "../../lib/lambda/lambda-handler.ts";
import { RequestTelemetry } from "../../lib/lambda/request-telemetry.ts";
import type { Clock } from "../../lib/message/clock.ts";
import { scgiServer } from "../../lib/scgi/scgi-server.ts";
import {
  albEvent,
  functionUrlEvent,
  type GatewayRequest,
  httpApiEvent,
  plainGateway,
  restApiEvent,
} from "../support/gateway-events.ts";
import { lambdaContext } from "../support/lambda-context.ts";
import { type ContractRequest, clientAddress, maxBody, prefix } from "./contract-requests.ts";
import { nginxEnviron, scgiExchange } from "./scgi-client.ts";

export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A way in, as the suite drives it: from a client's request to its reply. */
export interface ContractDoor {
  send(request: ContractRequest): Promise<Reply>;
  close(): Promise<void>;
}

export type OpenDoor = (handler: InsertHandler, clock: Clock) => Promise<ContractDoor>;

const openHttp: OpenDoor = async (handler, clock) => {
  const door = httpServer({
    listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
    handler,
    clock,
    prefix,
    maxBody: maxBody,
  });
  await door.start();
  const { hostname, port } = new URL(door.address);
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const outgoing = httpRequest(
          { hostname, port, method: request.method, path: request.target, agent: false },
          (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () =>
              resolve({
                status: response.statusCode ?? 0,
                headers: new Map(
                  Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
                ),
                body: Buffer.concat(chunks).toString(),
              }),
            );
          },
        );
        for (const name of new Set(request.headers.map(([header]) => header))) {
          outgoing.setHeader(
            name,
            request.headers.filter(([header]) => header === name).map(([, value]) => value),
          );
        }
        outgoing.on("error", reject);
        outgoing.setHeader("Content-Length", request.body.length);
        outgoing.end(request.body);
      }),
    close: () => door.shutdown(),
  };
};

const openScgi: OpenDoor = async (handler, clock) => {
  const directory = await mkdtemp(join(tmpdir(), "postern-"));
  const path = join(directory, "scgi.sock");
  const door = scgiServer({ listen: { kind: "unix", path }, handler, clock, prefix, maxBody: maxBody });
  await door.start();
  return {
    send: (request) => scgiExchange(path, nginxEnviron(request, clientAddress), request.body),
    async close() {
      await door.shutdown();
      await rm(directory, { recursive: true });
    },
  };
};

/** The Lambda door, for the events of one kind of gateway. */
function openLambda(toEvent: (request: GatewayRequest) => unknown): OpenDoor {
  return async (handler, clock) => {
    const invoke = lambdaHandler({ handler, clock, prefix, ...silent });
    return {
      async send({ method, target, headers, body }) {
        const [path = "", query = ""] = target.split("?", 2);
        const request = { method, path, query, headers, body, client: clientAddress };
        // As it travels: what JSON cannot carry is lost.
        const event = JSON.parse(JSON.stringify(toEvent(request)));
        const result = JSON.parse(JSON.stringify(await invoke(event, lambdaContext())));
        return {
          status: result.statusCode,
          headers: new Map(Object.entries(result.headers ?? firstValues(result.multiValueHeaders))),
          body: Buffer.from(result.body, result.isBase64Encoded ? "base64" : "utf8").toString(),
        };
      },
      async close() {},
    };
  };
}

const logger = { info() {}, error() {} };
const silent = {
  logger,
  telemetry: new RequestTelemetry({ logger, metrics: new Metrics({ namespace: "test" }), write() {} }),
};

function firstValues(headers: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, [value = ""]]) => [name, value]));
}

const staged = { ...plainGateway, stage: "dev" };
const encoded = { ...plainGateway, base64: true };

/** Every door, by the name that a failing test shows. */
export const contractDoors: Readonly<Record<string, OpenDoor>> = {
  HTTP: openHttp,
  SCGI: openScgi,
  "HTTP API": openLambda(httpApiEvent),
  "HTTP API, with a stage and base64": openLambda((request) =>
    httpApiEvent(request, { ...staged, base64: true }),
  ),
  "function URL": openLambda(functionUrlEvent),
  "REST API": openLambda(restApiEvent),
  "load balancer": openLambda(albEvent),
  "load balancer, with multi-value headers and base64": openLambda((request) =>
    albEvent(request, encoded, "multiple"),
  ),
};
