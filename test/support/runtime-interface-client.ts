import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** Pinned: it is compiled where it is installed, so it is no dependency of every checkout. */
const version = "4.0.2";
const prefix = join(import.meta.dirname, "../../node_modules/.cache/lambda-ric", version);
const entry = join(prefix, "node_modules/aws-lambda-ric/index.mjs");
/** Node itself with its headers, for which the compilers would otherwise ask nodejs.org, as npm has it for each kind of machine. */
const headers = `node-${process.platform}-${process.arch}`;
const compilers = ["cmake", "g++", "make", "python3", "xz"];

export type RuntimeInterfaceClient =
  | { readonly state: "there"; readonly entry: string }
  | { readonly state: "missing"; readonly reason: string };

/**
 * AWS's own runtime interface client for Node, as the images that AWS gives out have it. The first time it is installed
 * and compiled beside the other packages' caches, which takes about a minute.
 */
export async function runtimeInterfaceClient(): Promise<RuntimeInterfaceClient> {
  if (await exists(entry)) return { state: "there", entry };
  const missing = await missingPrograms();
  if (missing.length > 0)
    return { state: "missing", reason: `it is compiled with ${missing.join(", ")}, not on this machine` };
  try {
    await install(`${headers}@${process.versions.node}`);
    await install(`aws-lambda-ric@${version}`);
    await access(entry);
  } catch (error) {
    return { state: "missing", reason: `it could not be installed: ${lastLine(error)}` };
  }
  return { state: "there", entry };
}

async function install(packageName: string): Promise<void> {
  const node = dirname(process.execPath);
  await promisify(execFile)("npm", ["install", "--prefix", prefix, "--no-audit", "--no-fund", packageName], {
    env: {
      ...process.env,
      PATH: `${node}:${process.env["PATH"]}`,
      npm_config_nodedir: join(prefix, "node_modules", headers),
    },
    maxBuffer: 64 * 1024 * 1024,
  });
}

async function missingPrograms(): Promise<readonly string[]> {
  const folders = (process.env["PATH"] ?? "").split(":");
  const found = await Promise.all(
    compilers.map((program) => Promise.all(folders.map((folder) => exists(join(folder, program))))),
  );
  return compilers.filter((_, index) => found[index]?.includes(true) !== true);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function lastLine(error: unknown): string {
  return (
    String(error instanceof Error ? error.message : error)
      .trim()
      .split("\n")
      .at(-1) ?? ""
  );
}
