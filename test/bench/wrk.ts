import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What came of one turn under load. */
export interface WrkResult {
  /** Requests that were answered 2xx. */
  readonly answered: number;
  readonly seconds: number;
  /** Other answers, and connections that failed. */
  readonly errors: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const script = fileURLToPath(new URL("./upload.lua", import.meta.url));

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** Makes the bodies of this turn differ from those of all others; below 100. */
  readonly turn: number;
}

export async function loadByWrk(url: string, { connections, seconds, turn }: Load): Promise<WrkResult> {
  const { stdout } = await promisify(execFile)("wrk", [
    "--threads=1",
    `--connections=${connections}`,
    `--duration=${seconds}s`,
    "--latency",
    `--script=${script}`,
    url,
    String(turn),
  ]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as WrkResult;
}
