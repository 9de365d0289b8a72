import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BenchProcess, startProcess } from "./bench-process.ts";
import type { Benchmark } from "./benchmark.ts";
import { credentials, queueUrl, startEndpoint } from "./counting-endpoint.ts";
import { startNginx } from "./nginx.ts";
import { nginxFigures } from "./nginx-figures.ts";
import { needPrograms } from "./system-packages.ts";
import { type Contestant, takeTurn } from "./turn.ts";

const connections = 64;
/** Each takes its turn in each round, so that a change of the machine's speed meets them all. */
const rounds = 5;
const secondsOfTurn = 5;
/** Before the rounds, for the compilers of all three. */
const secondsOfWarmUp = 10;

/** Through a real web server, with the spool, the log and the metrics on as they are by default. */
export const throughNginx: Benchmark = {
  name: "nginx",
  about: `messages a second through nginx, ${connections} connections, until the last is at an SQS endpoint`,
  async run() {
    needPrograms({ nginx: "nginx-light", wrk: "wrk" });
    // What is measured is what operators install, which is compiled.
    await promisify(execFile)("npm", ["run", "--silent", "prepack"]);
    await using resources = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), "postern-bench-"));
    resources.defer(() => rm(directory, { recursive: true, force: true }));

    const ourEndpoint = resources.use(await startEndpoint(directory));
    const peerEndpoint = resources.use(await startEndpoint(directory));
    const postern = resources.use(await startPostern(directory, ourEndpoint));
    const peer = resources.use(await startPeer(directory, peerEndpoint));
    const floor = resources.use(await startFloor(directory));
    const nginx = await startNginx(directory, [
      { protocol: "scgi", socket: join(directory, "postern.sock") },
      { protocol: "http", socket: join(directory, "peer.sock") },
      { protocol: "scgi", socket: join(directory, "floor.sock") },
    ]);
    resources.defer(() => nginx.stop());

    const [ourUrl = "", peerUrl = "", floorUrl = ""] = nginx.urls;
    const ours: Contestant = { url: ourUrl, server: postern, endpoint: ourEndpoint, nginx, turns: [] };
    const theirs: Contestant = { url: peerUrl, server: peer, endpoint: peerEndpoint, nginx, turns: [] };
    const least: Contestant = { url: floorUrl, server: floor, endpoint: undefined, nginx, turns: [] };
    for (let round = 0; round <= rounds; round += 1) {
      for (const contestant of [ours, theirs, least]) {
        const seconds = round === 0 ? secondsOfWarmUp : secondsOfTurn;
        const turn = await takeTurn(contestant, { connections, seconds, turn: round });
        if (round > 0) contestant.turns.push(turn);
      }
    }
    return nginxFigures(ours, theirs, least);
  },
};

function startPostern(directory: string, endpoint: BenchProcess): Promise<BenchProcess> {
  return startProcess({
    entry: new URL("../../dist/package/cli/main.js", import.meta.url),
    // Everything as it is by default: the spool, the log of each request, the metrics.
    args: [
      "serve",
      ...["--scgi", `unix:${join(directory, "postern.sock")}`],
      ...["--http", "127.0.0.1:0"],
      ...["--queue-url", queueUrl(endpoint)],
    ],
    directory,
    env: { ...unitEnvironment(), ...credentials },
    log: join(directory, "postern.log"),
    ready: /^ready$/m,
  });
}

/** What the unit file for systemd sets for Node and the system. */
function unitEnvironment(): Readonly<Record<string, string>> {
  const unit = readFileSync(new URL("../../infra/systemd/postern.service", import.meta.url), "utf8");
  return Object.fromEntries(
    Array.from(unit.matchAll(/^Environment=(?!POSTERN_)(\w+)=(.*)$/gm), ([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}

function startPeer(directory: string, endpoint: BenchProcess): Promise<BenchProcess> {
  return startProcess({
    entry: new URL("./one-by-one.ts", import.meta.url),
    args: [join(directory, "peer.sock"), queueUrl(endpoint)],
    directory,
    env: credentials,
    log: join(directory, "peer.log"),
    ready: /^ready$/m,
  });
}

function startFloor(directory: string): Promise<BenchProcess> {
  return startProcess({
    entry: new URL("./accept-only.ts", import.meta.url),
    args: [join(directory, "floor.sock")],
    directory,
    env: {},
    log: join(directory, "floor.log"),
    ready: /^ready$/m,
  });
}
