import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Carrier, Delivery } from "../../../lib/queue/spool/forwarding/carrier.ts";
import { openLocalSpool } from "../../../lib/queue/spool/local-spool.ts";
import { Spool } from "../../../lib/queue/spool/spool.ts";
import type { SpooledMessage } from "../../../lib/queue/spool/spooled-message.ts";
import { numberedMessage } from "../../support/messages.ts";
import { seededRandom } from "../../support/random.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { failed, stored } from "./forwarding/fake-carrier.ts";
import { ManualTime, settled } from "./manual-time.ts";

type Step =
  | { readonly step: "push"; readonly callsigns: readonly string[] }
  | { readonly step: "pass"; readonly milliseconds: number }
  | { readonly step: "restart" };

const steps = fc.array(
  fc.oneof(
    fc.record({
      step: fc.constant("push" as const),
      callsigns: fc.array(fc.constantFrom("A", "B", "C"), { minLength: 1, maxLength: 15 }),
    }),
    fc.record({ step: fc.constant("pass" as const), milliseconds: fc.integer({ min: 1, max: 500 }) }),
    fc.record({ step: fc.constant("restart" as const) }),
  ),
  { maxLength: 25 },
);

/** A queue that fails in every way, by seed, and keeps books of what it really stored and refused. */
class UnreliableQueue implements Carrier {
  readonly fifo: boolean;
  readonly callLimits = { entries: 10, bytes: 1_048_576 };
  readonly storedIds: string[] = [];
  readonly refusedIds: string[] = [];
  well = false;
  readonly #time: ManualTime;
  readonly #random: () => number;

  constructor(fifo: boolean, time: ManualTime, random: () => number) {
    this.fifo = fifo;
    this.#time = time;
    this.#random = random;
  }

  async send(messages: readonly SpooledMessage[]): Promise<readonly Delivery[]> {
    const down = !this.well && this.#random() < 0.2;
    const answers = messages.map(({ id }) => (down ? failed("unavailable") : this.#receive(id)));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#time.after(Math.floor(this.#random() * 60), resolve);
    await promise;
    return answers;
  }

  close(): void {}

  #receive(id: string): Delivery {
    const chance = this.well ? 0 : this.#random();
    if (chance > 0.9 && !this.storedIds.includes(id)) {
      this.refusedIds.push(id);
      return failed("refused");
    }
    if (chance > 0.8) return failed("retry");
    if (chance > 0.75) return failed("unknown");
    this.storedIds.push(id);
    return chance > 0.7 ? failed("unknown") : stored;
  }
}

/** Runs the steps against a spool on disk, and gives what its clients, the queue and the disk know at the end. */
async function run(sequence: readonly Step[], fifo: boolean, seed: number) {
  using directory = temporaryDirectory();
  const time = new ManualTime();
  const random = seededRandom(seed);
  const queue = new UnreliableQueue(fifo, time, random);
  const acknowledged: { readonly id: string; readonly callsign: string }[] = [];
  const open = () =>
    Spool.open({
      policy: {
        limit: 1_000_000,
        messageBytes: 1_000_000,
        commitDelay: 2,
        commitEnough: 10,
        closePatience: 100,
      },
      clock: time,
      timers: time,
      observe: () => {},
      connect: async (listener) =>
        openLocalSpool({
          ...listener,
          directory: directory.path,
          carrier: queue,
          clock: time,
          timers: time,
          random,
          forwarding: {
            firstPace: { calls: 3, bytes: 1_000_000 },
            concurrency: 3,
            fillDelay: 20,
            backoff: { base: 50, cap: 400 },
            window: { messages: 20, bytes: 100_000 },
          },
          ballastBytes: 4_096,
          remember: { time: 60_000, limit: 1_000 },
        }),
    });
  let spool = await open();
  const close = async () => {
    const closing = spool.close();
    await time.pass(1_000);
    await closing;
  };
  let number = 0;
  for (const step of sequence) {
    if (step.step === "push") {
      for (const callsign of step.callsigns) {
        const message = numberedMessage(number, callsign);
        number += 1;
        void spool
          .push(message, time.monotonic() + 5_000)
          .then(() => acknowledged.push({ id: message.id, callsign }));
      }
      await settled();
    } else if (step.step === "pass") {
      await time.pass(step.milliseconds);
    } else {
      await close();
      spool = await open();
    }
  }
  await time.pass(2);
  queue.well = true;
  await time.pass(5_000);
  const state = spool.state();
  await close();
  const database = new DatabaseSync(join(directory.path, "spool.db"), { readOnly: true });
  const ids = (table: string) => database.prepare(`SELECT id FROM ${table}`).all() as { id: string }[];
  const onDisk = { waiting: ids("waiting"), setAside: ids("set_aside").map(({ id }) => id) };
  database.close();
  return { acknowledged, pushed: number, queue, state, onDisk };
}

const groupOrder = (ids: readonly string[], group: ReadonlySet<string>) => [
  ...new Set(ids.filter((id) => group.has(id))),
];

describe("Spool, whatever the queue answers and however often it restarts", () => {
  it.each([
    { kind: "standard", fifo: false },
    { kind: "FIFO", fifo: true },
  ])("brings each message to exactly one end: a $kind queue", async ({ fifo }) => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer(), async (sequence, seed) => {
        const { acknowledged, pushed, queue, state, onDisk } = await run(sequence, fifo, seed);
        expect(acknowledged).toHaveLength(pushed);
        expect(onDisk.waiting).toEqual([]);
        expect(onDisk.setAside.toSorted()).toEqual(queue.refusedIds.toSorted());
        expect(state).toMatchObject({ depth: 0, setAside: onDisk.setAside.length, forwardingError: null });
        const ids = acknowledged.map(({ id }) => id).toSorted();
        expect([...new Set(queue.storedIds), ...onDisk.setAside].toSorted()).toEqual(ids);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps the order of each group on a FIFO queue, as its deduplication shows it", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer(), async (sequence, seed) => {
        const { acknowledged, queue } = await run(sequence, true, seed);
        for (const callsign of ["A", "B", "C"]) {
          const group = acknowledged.filter((message) => message.callsign === callsign).map(({ id }) => id);
          const delivered = groupOrder(queue.storedIds, new Set(group));
          expect(delivered).toEqual(group.filter((id) => delivered.includes(id)));
        }
      }),
      { numRuns: 30 },
    );
  });
});
