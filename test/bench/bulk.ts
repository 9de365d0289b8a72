import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startFaultySqs } from "../support/faulty-sqs.ts";
import { benchUpload } from "./bench-message.ts";
import type { BenchProcess } from "./bench-process.ts";
import type { Benchmark, Figure } from "./benchmark.ts";
import { queueUrl, startEndpoint } from "./counting-endpoint.ts";
import { post, startHttpDoor } from "./http-door.ts";
import { median } from "./median.ts";
import { cpuSeconds } from "./process-usage.ts";

const messages = 10_000;
const rounds = 9;
/** Before the rounds, for the compilers of all of them. */
const warmUps = 6;
/** Milliseconds after an answer, for what the process does once nobody waits: its log, its collector. */
const rest = 200;

/** What a request with many messages costs, all threads of the program together, over what cannot be left out. */
export const bulk: Benchmark = {
  name: "bulk",
  about: `${messages} messages in one POST /messages: CPU against JSON.parse and validation alone, median of ${rounds}`,
  async run() {
    await using resources = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), "postern-bench-"));
    resources.defer(() => rm(directory, { recursive: true, force: true }));

    // With the queue out of reach the spool keeps all, and nothing but the way to the acknowledgement is measured.
    const away = await startFaultySqs({ call: ["denied"] });
    resources.defer(() => away.stop());
    const there = resources.use(await startEndpoint(directory));
    const keeping = resources.use(await startHttpDoor(join(directory, "keeping"), away.queueUrl));
    const forwarding = resources.use(await startHttpDoor(join(directory, "forwarding"), queueUrl(there)));
    const floor = fork(new URL("./bulk/parse-and-validate.ts", import.meta.url), {
      serialization: "advanced",
    });
    resources.defer(() => void floor.kill());

    const times = { floor: [] as number[], kept: [] as number[], delivered: [] as number[] };
    for (let round = 0; round < warmUps + rounds; round += 1) {
      const body = Buffer.from(`[${uploads(round).join(",")}]`);
      floor.send(body);
      const [answer] = (await once(floor, "message")) as [{ readonly microseconds: number }];
      const kept = await millisecondsOf(keeping, () => post(keeping, body, messages));
      const delivered = await millisecondsOf(forwarding, async () => {
        await post(forwarding, body, messages);
        await arrival(there, messages * (round + 1));
      });
      if (round < warmUps) continue;
      times.floor.push(answer.microseconds / 1_000);
      times.kept.push(kept);
      times.delivered.push(delivered);
    }
    return figures(median(times.floor), median(times.kept), median(times.delivered));
  },
};

function figures(floor: number, kept: number, delivered: number): readonly Figure[] {
  const ratio = (value: number) => ({ of: "parsing and validation", value: value / floor });
  const unit = "ms of CPU";
  return [
    { figure: "JSON.parse and validation alone", value: floor, unit },
    { figure: "until all are acknowledged", value: kept, unit, ratio: ratio(kept) },
    { figure: "until all are at the SQS endpoint", value: delivered, unit, ratio: ratio(delivered) },
  ];
}

function uploads(round: number): readonly string[] {
  return Array.from({ length: messages }, (_, index) => benchUpload(round * messages + index));
}

async function millisecondsOf(server: BenchProcess, run: () => Promise<void>): Promise<number> {
  const before = cpuSeconds(server.pid);
  await run();
  await wait(rest);
  return (cpuSeconds(server.pid) - before) * 1_000;
}

async function arrival(endpoint: BenchProcess, expected: number): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${endpoint.said.trim()}/`);
    const counted = (await response.json()) as { readonly messages: number };
    if (counted.messages >= expected) return;
    await wait(20);
  }
}
