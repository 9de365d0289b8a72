import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A Node process of the benchmark's, which has said on stdout that it is ready. */
export interface BenchProcess extends AsyncDisposable {
  readonly pid: number;
  /** What it said. */
  readonly said: string;
}

export interface BenchProcessOptions {
  readonly entry: URL;
  readonly args: readonly string[];
  /** The working directory. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** The file that its stderr goes to. */
  readonly log: string;
  /** What it says at the latest when it is ready. */
  readonly ready: RegExp;
}

/** @throws when it ends before it is ready */
export async function startProcess(options: BenchProcessOptions): Promise<BenchProcess> {
  const log = openSync(options.log, "a");
  const child = spawn(process.execPath, [fileURLToPath(options.entry), ...options.args], {
    cwd: options.directory,
    env: { PATH: process.env["PATH"], HOME: options.directory, ...options.env },
    stdio: ["ignore", "pipe", log],
  });
  closeSync(log);
  const closed = once(child, "close");
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (options.ready.test(said)) resolve();
    });
    child.on("error", reject);
    child.on("close", () =>
      reject(new Error(`${fileURLToPath(options.entry)} ended early; see ${options.log}`)),
    );
  });
  return {
    pid: child.pid ?? Number.NaN,
    said,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}
