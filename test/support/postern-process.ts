import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { compileCache } from "./compile-cache.ts";

const main = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));

/** What a program needs to speak to an endpoint that asks for credentials and takes any. */
export const anyCredentials = {
  AWS_ACCESS_KEY_ID: "any",
  AWS_SECRET_ACCESS_KEY: "any",
  AWS_REGION: "us-east-1",
} as const;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The `postern` command as a process of its own, in a folder of its own. */
export interface PosternProcess {
  readonly directory: string;
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** The lines before `ready`. @throws when the process ends before it is ready */
  readonly ready: Promise<readonly string[]>;
  readonly ended: Promise<Ended>;
  /** Stops it if it runs and removes its folder. */
  remove(): Promise<void>;
}

export interface SpawnOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: a new one. */
  readonly directory?: string;
  /** The module to run. Default: the one of the checkout. */
  readonly entry?: string;
}

export async function spawnPostern({
  args,
  env = {},
  directory,
  entry = main,
}: SpawnOptions): Promise<PosternProcess> {
  const folder = directory ?? (await mkdtemp(join(tmpdir(), "postern-")));
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      NODE_COMPILE_CACHE: compileCache,
      // It says so where fewer files may be open than its default needs, as on some machines.
      POSTERN_MAX_CONNECTIONS: "500",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close");
  const ended = closed.then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended);
  const ready = new Promise<readonly string[]>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (/^ready$/m.test(stdout)) resolve(stdout.split("\nready")[0]?.split("\n") ?? []);
    });
    void ended.then(() => reject(new Error(`ended before it was ready: ${stderr}`)));
  });
  // Whoever does not wait for it to be ready does not want to hear that it was not.
  ready.catch(() => {});
  return {
    directory: folder,
    child,
    ready,
    ended,
    async remove() {
      child.kill("SIGKILL");
      await closed;
      if (directory === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
