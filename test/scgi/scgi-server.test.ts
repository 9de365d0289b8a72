import { stat } from "node:fs/promises";
import { afterEach, expect, it } from "vitest";
import { scgiServer } from "../../lib/scgi/scgi-server.ts";
import { Cohort } from "../../lib/server/cohort.ts";
import type { Door } from "../../lib/server/door.ts";
import { connectTo, type RawClient } from "../server/raw-client.ts";
import { echo, held } from "../server/stand-ins.ts";
import { postBytes } from "./scgi-bytes.ts";

/** Keeps what is to be run together until the test says so. */
class HeldCohort extends Cohort {
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

const loopback = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;

/** Clients that have connected and sent a request each. */
async function asking(address: string, bodies: readonly string[]): Promise<readonly RawClient[]> {
  const clients = await Promise.all(bodies.map(() => connectTo(address)));
  for (const [index, body] of bodies.entries()) clients[index]?.socket.write(postBytes(body));
  return clients;
}

async function answers(clients: readonly RawClient[]): Promise<readonly (string | undefined)[]> {
  const texts = await Promise.all(clients.map((client) => client.all()));
  for (const client of clients) client.socket.destroy();
  return texts.map((text) => text.split("\r\n\r\n")[1]);
}

it("reads nothing of a request before those that have come with it", async () => {
  const cohort = new HeldCohort(3);
  const handler = echo();
  const options = { listen: loopback, handler, cohort };
  door = scgiServer(options);
  await door.start();
  const clients = await asking(door.address, ["one", "two", "three"]);
  await cohort.full;
  // Whatever a door does at once is done within these turns of the event loop.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(handler.requests).toHaveLength(0);
  cohort.run();
  expect(await answers(clients)).toEqual(["one", "two", "three"]);
});

it("answers, when it shuts, what waits to be read", async () => {
  const options = { listen: loopback, handler: echo(), cohort: new HeldCohort(3) };
  door = scgiServer(options);
  await door.start();
  const clients = await asking(door.address, ["one", "two", "three"]);
  await options.cohort.full;
  await door.shutdown();
  expect(await answers(clients)).toEqual(["one", "two", "three"]);
});

it("ends a connection by TCP before it closes it: with something unread, closing alone is a reset", async () => {
  const handler = held();
  door = scgiServer({ listen: loopback, handler });
  await door.start();
  const clients = await asking(door.address, ["body"]);
  const [client] = clients;
  const errors: unknown[] = [];
  client?.socket.on("error", (error) => errors.push(error));
  await handler.asked;
  // What follows is in the phase of the event loop in which sockets are read, behind those that are.
  await stat("/");
  client?.socket.write("stray bytes");
  handler.release();
  expect(await answers(clients)).toEqual(["late"]);
  expect(errors).toEqual([]);
});
