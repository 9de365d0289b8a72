import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a function made of an invocation. */
export type InvocationOutcome =
  | { readonly kind: "response"; readonly result: unknown }
  | { readonly kind: "error"; readonly errorType: string; readonly errorMessage: string };

/** The side of the Runtime API that Lambda has. */
export interface RuntimeApi extends AsyncDisposable {
  /** For `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** What the function said when it could not even be loaded. */
  readonly initError: Promise<InvocationOutcome>;
  invoke(event: unknown): Promise<InvocationOutcome>;
}

interface Invocation {
  readonly event: unknown;
  readonly settle: (outcome: InvocationOutcome) => void;
}

const arn = "arn:aws:lambda:eu-west-1:123456789012:function:postern-test";

/**
 * A Runtime API on loopback, as https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html has it: the function's
 * process asks for the next invocation, which waits until there is one, and posts its response or its error.
 *
 * @param timeout milliseconds that a function has for an invocation
 */
export async function startRuntimeApi(timeout = 10_000): Promise<RuntimeApi> {
  const waiting: Invocation[] = [];
  const underWay = new Map<string, Invocation>();
  const asking: ServerResponse[] = [];
  const { promise: initError, resolve: failInit } = Promise.withResolvers<InvocationOutcome>();
  let count = 0;

  const match = () => {
    while (waiting.length > 0 && asking.length > 0) {
      const [invocation, response] = [waiting.shift(), asking.shift()];
      if (invocation === undefined || response === undefined) return;
      count += 1;
      const id = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
      underWay.set(id, invocation);
      response
        .writeHead(200, {
          // Without it the client crashes.
          "Content-Type": "application/json",
          "Lambda-Runtime-Aws-Request-Id": id,
          "Lambda-Runtime-Deadline-Ms": String(Date.now() + timeout),
          "Lambda-Runtime-Invoked-Function-Arn": arn,
          "Lambda-Runtime-Trace-Id": "Root=1-4d31b9ed-000000000000000000000001;Sampled=0",
        })
        .end(JSON.stringify(invocation.event));
    }
  };

  const server = createServer(async (request, response) => {
    const [, id = "", verb] =
      /\/runtime\/invocation\/([^/]+)(?:\/(response|error))?$/.exec(request.url ?? "") ?? [];
    if (request.method === "GET" && id === "next") {
      asking.push(response);
      return match();
    }
    const outcome = outcomeOf(verb, await text(request));
    if (request.url?.endsWith("/runtime/init/error") === true) failInit(outcome);
    underWay.get(id)?.settle(outcome);
    underWay.delete(id);
    response.writeHead(202, { "Content-Type": "application/json" }).end('{"status":"OK"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    initError,
    invoke(event) {
      const { promise, resolve } = Promise.withResolvers<InvocationOutcome>();
      waiting.push({ event, settle: resolve });
      match();
      return promise;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function outcomeOf(verb: string | undefined, body: string): InvocationOutcome {
  const parsed = body === "" ? undefined : JSON.parse(body);
  return verb === "response"
    ? { kind: "response", result: parsed }
    : { kind: "error", errorType: String(parsed?.errorType), errorMessage: String(parsed?.errorMessage) };
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
