import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { bundleFunctions } from "../../infra/build/bundle-functions.ts";
import type { Benchmark, Figure } from "./benchmark.ts";
import { bundlePeers } from "./cold-start/bundle-peers.ts";
import { median } from "./median.ts";

/** Fresh processes of each; they take turns, so that a change of the machine's speed meets them all. */
const runs = 21;
const peers = ["bare", "hono", "express", "fastify"];

/** What a function does before its first event, and what it adds to each. */
export const coldStart: Benchmark = {
  name: "cold-start",
  about: `import time of a bundled function, median of ${runs} fresh processes; and warm, with a queue that takes all`,
  async run() {
    const directory = await mkdtemp(join(tmpdir(), "postern-bench-"));
    try {
      return [...(await coldFigures(directory)), ...(await warmFigures())];
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

async function coldFigures(directory: string): Promise<readonly Figure[]> {
  const functions = join(directory, "functions");
  const bytes = new Map([
    ["message", (await bundleFunctions(functions)).get("message") ?? Number.NaN],
    ...(await bundlePeers(peers, directory)),
  ]);
  const bundles = [
    ["message", join(functions, "message.mjs")] as const,
    ...peers.map((name) => [name, join(directory, `${name}.mjs`)] as const),
  ];
  const times = new Map(bundles.map(([name]) => [name, [] as number[]]));
  // The first round is for the system's file cache.
  for (let run = 0; run <= runs; run += 1) {
    for (const [name, bundle] of bundles) {
      const time = await importTime(bundle);
      if (run > 0) times.get(name)?.push(time);
    }
  }
  const medians = new Map([...times].map(([name, each]) => [name, median(each)]));
  const bare = medians.get("bare") ?? Number.NaN;
  return [...medians].map(([name, value]) => ({
    figure: `${name === "message" ? "ours" : name} (${Math.round((bytes.get(name) ?? 0) / 1000)} kB)`,
    value,
    unit: "ms to import",
    ...(name === "bare" ? {} : { ratio: { of: "the bare handler", value: value / bare } }),
  }));
}

/** Milliseconds, in a process of its own with nothing but Lambda's environment. */
async function importTime(bundle: string): Promise<number> {
  const source = `const start = performance.now(); await import(${JSON.stringify(bundle)}); console.log(performance.now() - start); process.exit()`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source], {
    env: {
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/postern",
    },
  });
  return Number(stdout);
}

async function warmFigures(): Promise<readonly Figure[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "cold-start/warm.ts")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [said] = await Promise.all([text(child.stderr), once(child, "close")]);
  const { ours, bare }: { ours: number; bare: number } = JSON.parse(said);
  return [
    { figure: "bare, warm", value: bare, unit: "µs an invocation" },
    { figure: "ours, warm", value: ours, unit: "µs an invocation" },
    { figure: "ours over bare, warm", value: ours - bare, unit: "µs an invocation" },
  ];
}
