import type { Figure } from "./benchmark.ts";
import { median } from "./median.ts";
import { peakMegabytes } from "./process-usage.ts";
import { type Contestant, delivered, type Turn } from "./turn.ts";

/** What the turns came to, each figure the median of its contestant's. */
export async function nginxFigures(
  ours: Contestant,
  peer: Contestant,
  floor: Contestant,
): Promise<readonly Figure[]> {
  const rate = (turn: Turn) => turn.messagesPerSecond;
  const [our, their, least] = [ours, peer, floor].map((contestant) => middle(contestant, rate));
  const peerMedian = middle(peer, ({ p50 }) => p50);
  const peerName = "nginx, Fastify, one SendMessage each";
  const floorName = "nginx, accept-only server";
  return [
    { figure: "nginx, SCGI, Postern", value: our, unit: "messages/s", ratio: ratio(our, their, peerName) },
    { figure: "", value: our, unit: "messages/s", ratio: ratio(our, least, floorName) },
    { figure: peerName, value: their, unit: "messages/s" },
    { figure: floorName, value: least, unit: "requests/s" },
    ...[ours, peer].flatMap((contestant) => {
      const name = contestant === ours ? "Postern" : "peer";
      return (["p50", "p99"] as const).map((percentile) => {
        const value = middle(contestant, (turn) => turn[percentile]);
        const figure = { figure: `${name}, ${percentile}`, value, unit: "ms" };
        return contestant === ours
          ? { ...figure, ratio: ratio(value, peerMedian, "the peer's median") }
          : figure;
      });
    }),
    { figure: "Postern, errors", value: sum(ours, ({ errors }) => errors), unit: "" },
    { figure: "peer and floor, errors", value: errorsOf(peer) + errorsOf(floor), unit: "" },
    { figure: "Postern, most memory", value: peakMegabytes(ours.server.pid), unit: "MB" },
    { figure: "Postern, answered in the rounds", value: sum(ours, ({ answered }) => answered), unit: "" },
    { figure: "… and never at the endpoint", value: sum(ours, ({ lost }) => lost), unit: "" },
    ...(await twice(ours)),
    ...cpuFigures("Postern", ours),
    ...cpuFigures("peer", peer),
    ...cpuFigures("floor", floor),
  ];
}

async function twice({ endpoint }: Contestant): Promise<readonly Figure[]> {
  const { messages, different } = await delivered(endpoint);
  return [{ figure: "… and there twice", value: messages - different, unit: "" }];
}

/** Threads that use next to nothing are left out. */
function cpuFigures(name: string, contestant: Contestant): readonly Figure[] {
  const names = [...new Set(contestant.turns.flatMap(({ cpu }) => [...cpu.keys()]))];
  return names
    .map((thread) => ({
      figure: `${name}, CPU of ${thread}`,
      value: middle(contestant, ({ cpu }) => cpu.get(thread) ?? 0),
      unit: "µs/message",
    }))
    .filter(({ value }) => value >= 0.5);
}

function middle({ turns }: Contestant, value: (turn: Turn) => number): number {
  return median(turns.map(value));
}

function sum({ turns }: Contestant, value: (turn: Turn) => number): number {
  return turns.reduce((total, turn) => total + value(turn), 0);
}

function errorsOf(contestant: Contestant): number {
  return sum(contestant, ({ errors }) => errors);
}

function ratio(value: number | undefined, other: number | undefined, of: string) {
  return { of, value: (value ?? Number.NaN) / (other ?? Number.NaN) };
}
