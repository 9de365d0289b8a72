import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template as `osls package` writes it. */
export interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default: string }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** Bundles the functions to `dist/functions`, as `npm run build` does. */
export async function buildFunctions(): Promise<void> {
  await run(process.execPath, ["infra/build/functions.ts"], { cwd: root });
}

/** Packages the built functions without login or network. */
export async function packageStack(...flags: readonly string[]): Promise<Template> {
  const directory = await mkdtemp(join(tmpdir(), "postern-"));
  try {
    await run(
      process.execPath,
      ["node_modules/osls/bin/serverless.js", "package", "--package", directory, ...flags],
      {
        cwd: root,
        env: { ...process.env, SLS_NOTIFICATIONS_MODE: "off", SLS_TELEMETRY_DISABLED: "1" },
      },
    );
    return JSON.parse(await readFile(join(directory, "cloudformation-template-update-stack.json"), "utf8"));
  } finally {
    await rm(directory, { recursive: true });
  }
}
