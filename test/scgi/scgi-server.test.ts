import { afterEach, expect, it } from "vitest";
import { scgiServer } from "../../lib/scgi/scgi-server.ts";
import { Cohort } from "../../lib/server/cohort.ts";
import type { Door } from "../../lib/server/door.ts";
import { connectTo } from "../server/raw-client.ts";
import { echo } from "../server/stand-ins.ts";
import { postBytes } from "./scgi-bytes.ts";

/** Keeps what is to be run together until the test says so. */
class Held extends Cohort {
  readonly jobs: (() => void)[] = [];
  #full = Promise.withResolvers<void>();
  readonly #size: number;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  /** Resolves once there are so many jobs. */
  get full(): Promise<void> {
    return this.#full.promise;
  }

  override gather(job: () => void): void {
    this.jobs.push(job);
    if (this.jobs.length === this.#size) this.#full.resolve();
  }

  override run(): void {
    for (const job of this.jobs.splice(0)) job();
    super.run();
  }
}

let door: Door | undefined;

afterEach(() => door?.shutdown());

it("reads nothing of a request before those that have come with it", async () => {
  const cohort = new Held(3);
  const handler = echo();
  const options = { listen: { kind: "tcp", host: "127.0.0.1", port: 0 }, handler, cohort } as const;
  door = scgiServer(options);
  await door.start();
  const bodies = ["one", "two", "three"];
  const clients = await Promise.all(bodies.map(() => connectTo(door?.address ?? "")));
  for (const [index, body] of bodies.entries()) clients[index]?.socket.write(postBytes(body));
  await cohort.full;
  // Whatever a door does at once is done within these turns of the event loop.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(handler.requests).toHaveLength(0);
  cohort.run();
  const answers = await Promise.all(clients.map((client) => client.all()));
  expect(answers.map((answer) => answer.split("\r\n\r\n")[1])).toEqual(bodies);
  for (const client of clients) client.socket.destroy();
});
