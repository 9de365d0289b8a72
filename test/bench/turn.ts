import { setTimeout as wait } from "node:timers/promises";
import type { BenchProcess } from "./bench-process.ts";
import type { Nginx } from "./nginx.ts";
import { cpuByThread, cpuSeconds } from "./process-usage.ts";
import { type Load, loadByWrk, type WrkResult } from "./wrk.ts";

/** Who takes turns under load. */
export interface Contestant {
  readonly url: string;
  readonly server: BenchProcess;
  /** The endpoint that its messages go to; the floor has none. */
  readonly endpoint: BenchProcess | undefined;
  readonly nginx: Nginx;
  readonly turns: Turn[];
}

export interface Turn extends WrkResult {
  /** Answered requests by the time that it took until the last of their messages was at the endpoint. */
  readonly messagesPerSecond: number;
  /** Answered requests whose messages never came there. */
  readonly lost: number;
  /** Microseconds of CPU for each message, by who used them. */
  readonly cpu: ReadonlyMap<string, number>;
}

/** What an endpoint has counted. */
export interface Delivered {
  readonly messages: number;
  /** Without those that came twice. */
  readonly different: number;
}

/** Milliseconds that the last messages of a turn are given to arrive. */
const patience = 20_000;
/** Milliseconds after a turn, for what nobody waited for any more. */
const rest = 300;

/** Loads one of them for its turn, and waits until all that it has taken is at its endpoint. */
export async function takeTurn(contestant: Contestant, load: Load): Promise<Turn> {
  const { messages: before } = await delivered(contestant.endpoint);
  const cpuBefore = cpuOf(contestant);
  const result = await loadByWrk(contestant.url, load);
  const loadedAt = performance.now();
  const expected = contestant.endpoint === undefined ? 0 : before + result.answered;
  let arrived = await delivered(contestant.endpoint);
  while (arrived.messages < expected && performance.now() - loadedAt < patience) {
    await wait(5);
    arrived = await delivered(contestant.endpoint);
  }
  const draining = contestant.endpoint === undefined ? 0 : (performance.now() - loadedAt) / 1000;
  const cpu = [...cpuOf(contestant)].map(
    ([who, seconds]) => [who, ((seconds - (cpuBefore.get(who) ?? 0)) / result.answered) * 1e6] as const,
  );
  await wait(rest);
  return {
    ...result,
    messagesPerSecond: result.answered / (result.seconds + draining),
    lost: Math.max(0, expected - arrived.messages),
    cpu: new Map(cpu),
  };
}

export async function delivered(endpoint: BenchProcess | undefined): Promise<Delivered> {
  if (endpoint === undefined) return { messages: 0, different: 0 };
  const response = await fetch(`http://127.0.0.1:${endpoint.said.trim()}`);
  return (await response.json()) as Delivered;
}

function cpuOf({ server, endpoint, nginx }: Contestant): ReadonlyMap<string, number> {
  return new Map([
    ["nginx", cpuSeconds(nginx.pid)],
    ...(endpoint === undefined ? [] : [["endpoint", cpuSeconds(endpoint.pid)] as const]),
    ...cpuByThread(server.pid),
  ]);
}
