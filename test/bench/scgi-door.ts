import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnPostern } from "../support/postern-process.ts";
import { benchUpload } from "./bench-message.ts";
import type { Benchmark } from "./benchmark.ts";
import { median } from "./median.ts";
import { loadScgi, scgiRequest } from "./scgi-load.ts";

const connections = 64;
/** Milliseconds of each turn; the servers take turns, so that a change of the machine's speed meets them all. */
const turn = 2_000;
const rounds = 3;

/** What of the floor is left once a request is parsed, answered, and its message on the embedded queue. */
export const scgiDoor: Benchmark = {
  name: "scgi",
  about: "SCGI requests a second, 64 connections, against a socket server that only accepts and answers",
  async run() {
    const directory = await mkdtemp(join(tmpdir(), "postern-bench-"));
    const floorPath = join(directory, "floor.sock");
    const floor = spawn(process.execPath, [
      fileURLToPath(new URL("./accept-only.ts", import.meta.url)),
      floorPath,
    ]);
    await once(floor.stdout, "data");
    const postern = await spawnPostern({
      args: ["serve", "--http", "off", "--embedded-port", "0", "--log-level", "warn"],
      directory,
    });
    await postern.ready;

    const target = { path: join(directory, ".postern/scgi.sock") };
    const info = scgiRequest("GET", "/", "");
    const rates = { floor: [] as number[], info: [] as number[], message: [] as number[] };
    let errors = 0;
    for (let round = 0; round < rounds; round += 1) {
      const runs = [
        [rates.floor, { path: floorPath }, () => info],
        [rates.info, target, () => info],
        [
          rates.message,
          target,
          (number: number) => scgiRequest("POST", "/message", benchUpload(round * 1e6 + number)),
        ],
      ] as const;
      for (const [rate, where, request] of runs) {
        const load = await loadScgi(where, connections, turn, request);
        rate.push(load.requestsPerSecond);
        errors += load.errors;
      }
    }
    floor.kill();
    await postern.remove();
    await rm(directory, { recursive: true, force: true });

    const [best, served, inserted] = [rates.floor, rates.info, rates.message].map(median);
    return [
      { figure: "accept-only server", value: best, unit: "requests/s" },
      { figure: "GET /", value: served, unit: "requests/s", ratio: ratio(served, best) },
      {
        figure: "POST /message into the embedded queue",
        value: inserted,
        unit: "messages/s",
        ratio: ratio(inserted, best),
      },
      { figure: "errors", value: errors, unit: "" },
    ];
  },
};

function ratio(
  value: number | undefined,
  floor: number | undefined,
): { readonly of: string; readonly value: number } {
  return { of: "the accept-only server", value: (value ?? Number.NaN) / (floor ?? Number.NaN) };
}
