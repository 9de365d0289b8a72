import { join } from "node:path";
import { type BenchProcess, startProcess } from "./bench-process.ts";

/** `counting-sqs.ts` as a process of its own. */
export function startEndpoint(directory: string): Promise<BenchProcess> {
  const entry = new URL("./counting-sqs.ts", import.meta.url);
  return startProcess({
    entry,
    args: [],
    directory,
    env: {},
    log: join(directory, "endpoint.log"),
    ready: /\n/,
  });
}

/** What the SDK needs to call it. */
export const credentials = {
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
};

export function queueUrl(endpoint: BenchProcess): string {
  return `http://127.0.0.1:${endpoint.said.trim()}/000000000000/bench`;
}
