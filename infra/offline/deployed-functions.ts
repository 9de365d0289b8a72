import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod/mini";

const root = join(import.meta.dirname, "../..");

/** A function as `serverless.yml` deploys it. */
export interface DeployedFunction {
  readonly name: string;
  /** In the form of API Gateway: `POST /message`, `ANY /{path+}`, `$default`. */
  readonly routes: readonly string[];
}

const functionsSchema = z.record(
  z.string(),
  z.object({ events: z.array(z.object({ httpApi: z.string() })) }),
);

/** Reads `serverless.yml` as osls resolves it, so that what is served here is routed as what is deployed. */
export async function deployedFunctions(): Promise<readonly DeployedFunction[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["node_modules/osls/bin/serverless.js", "print", "--path", "functions", "--format", "json"],
    { cwd: root, env: { ...process.env, SLS_NOTIFICATIONS_MODE: "off", SLS_TELEMETRY_DISABLED: "1" } },
  );
  return Object.entries(functionsSchema.parse(JSON.parse(stdout))).map(([name, { events }]) => ({
    name,
    routes: events.map(({ httpApi }) => (httpApi === "*" ? "$default" : httpApi)),
  }));
}
