import { spawn } from "node:child_process";
import { once } from "node:events";
import { type InvocationOutcome, startRuntimeApi } from "./runtime-api.ts";

export interface FunctionProcess extends AsyncDisposable {
  /** @throws when the process ends before it answers */
  invoke(event: unknown): Promise<InvocationOutcome>;
  /** What it said when its bundle could not be loaded. */
  readonly initError: Promise<InvocationOutcome>;
  /** What CloudWatch would have got so far. */
  log(): string;
}

export interface FunctionProcessOptions {
  /** The module of AWS's runtime interface client. */
  readonly runtime: string;
  /** Where the bundles are. */
  readonly directory: string;
  /** Of the bundle, which exports `handler`. */
  readonly name: string;
  /** Besides what Lambda itself sets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A bundled function in Lambda's own runtime, in a process of its own with nothing but Lambda's environment. */
export async function startFunction(options: FunctionProcessOptions): Promise<FunctionProcess> {
  const { runtime, directory, name, environment } = options;
  const api = await startRuntimeApi();
  const child = spawn(process.execPath, [runtime, `${name}.handler`], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAMBDA_TASK_ROOT: directory,
      _HANDLER: `${name}.handler`,
      AWS_LAMBDA_FUNCTION_NAME: `postern-test-${name}`,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/postern-test-${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: "2011/01/15/[$LATEST]0",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_SESSION_TOKEN: "test",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  const closed = once(child, "close");
  const ended = closed.then(([code]) => Promise.reject(new Error(`ended with ${code}: ${log}`)));
  // Whoever waits for no answer does not want to hear of it.
  ended.catch(() => {});
  return {
    invoke: (event) => Promise.race([api.invoke(event), ended]),
    initError: api.initError,
    log: () => log,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await closed;
      await api[Symbol.asyncDispose]();
    },
  };
}
