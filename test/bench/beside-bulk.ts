import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchUpload } from "./bench-message.ts";
import type { BenchProcess } from "./bench-process.ts";
import type { Benchmark } from "./benchmark.ts";
import { queueUrl, startEndpoint } from "./counting-endpoint.ts";
import { post, startHttpDoor } from "./http-door.ts";
import { peakMegabytes } from "./process-usage.ts";

const single = { clients: 32, messages: 1 };
const large = { clients: 16, messages: 5_000 };
const seconds = { warmUp: 5, alone: 5, beside: 15 };

/** Clients that each post again once they are answered. */
interface Crowd {
  readonly clients: number;
  /** In each of their requests. */
  readonly messages: number;
}

/** What those with one message have of a gateway that others bring thousands at a time. */
export const besideBulk: Benchmark = {
  name: "beside-bulk",
  about: `${single.clients} clients with a message each beside ${large.clients} with ${large.messages} in each request, by HTTP`,
  async run() {
    await using resources = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), "postern-bench-"));
    resources.defer(() => rm(directory, { recursive: true, force: true }));
    const endpoint = resources.use(await startEndpoint(directory));
    const server = resources.use(await startHttpDoor(join(directory, "spool"), queueUrl(endpoint)));

    await requestsBy([single, large], server, seconds.warmUp);
    const [alone = 0] = await requestsBy([single], server, seconds.alone);
    const [beside = 0, bulk = 0] = await requestsBy([single, large], server, seconds.beside);
    const perSecond = { alone: alone / seconds.alone, beside: beside / seconds.beside };
    const ratio = { of: "the same alone", value: perSecond.beside / perSecond.alone };
    return [
      { figure: "single messages alone", value: perSecond.alone, unit: "messages/s" },
      { figure: "single messages beside the others", value: perSecond.beside, unit: "messages/s", ratio },
      {
        figure: "messages of the others",
        value: (bulk * large.messages) / seconds.beside,
        unit: "messages/s",
      },
      { figure: "most memory", value: peakMegabytes(server.pid), unit: "MB" },
    ];
  },
};

let next = 0;

/** @returns of each crowd how many requests were accepted in that time */
async function requestsBy(
  crowds: readonly Crowd[],
  server: BenchProcess,
  time: number,
): Promise<readonly number[]> {
  const end = performance.now() + time * 1_000;
  return Promise.all(
    crowds.map(async ({ clients, messages }) => {
      let accepted = 0;
      const client = async () => {
        while (performance.now() < end) {
          const uploads = Array.from({ length: messages }, () => benchUpload(next++));
          await post(server, `[${uploads.join(",")}]`, messages);
          if (performance.now() < end) accepted += 1;
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
      return accepted;
    }),
  );
}
