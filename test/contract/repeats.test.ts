import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actions } from "../../lib/actions/actions.ts";
import { InsertApplication } from "../../lib/application/insert-application.ts";
import { systemClock } from "../../lib/message/clock.ts";
import type { Queue } from "../../lib/queue/queue.ts";
import { openSpool } from "../../lib/queue/spool/open-spool.ts";
import { directSqs } from "../../lib/queue/sqs/direct-sqs.ts";
import { SqsQueue } from "../../lib/queue/sqs/sqs-queue.ts";
import { type FaultySqs, startFaultySqs } from "../support/faulty-sqs.ts";
import { type ContractDoor, contractDoors } from "./contract-doors.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/**
 * The doors that have the spool behind them, which remembers what it took. In the cloud nothing of ours remembers: every
 * message goes to the queue with its id, a FIFO queue drops a repeat within five minutes, and of a standard queue its
 * consumers do. So there a repeat is answered exactly as the first, which no client can tell from its being new.
 */
const remembering = new Set(["HTTP", "SCGI"]);

async function openQueue(remembers: boolean, queueUrl: string, directory: string): Promise<Queue> {
  const access = { queueUrl, requestTimeout: 5_000, maxSockets: 2, region: "us-east-1", credentials };
  if (!remembers) return new SqsQueue({ client: directSqs(access), queueUrl, clock: systemClock });
  const { spool } = await openSpool({
    directory,
    limit: 10_000_000,
    remember: { time: 60_000, limit: 1_000 },
    queue: access,
    observe: () => {},
  });
  return spool;
}

/** Told from others by its time of creation; uploaded at the same time by a clock that is right. */
function upload(created: number, differing: Readonly<Record<string, unknown>> = {}) {
  return {
    callsign: "M0ZDR",
    type: "LISTENER_INFO",
    time_created: created,
    time_uploaded: Math.floor(Date.now() / 1_000),
    data: {},
    ...differing,
  };
}

describe.each(Object.entries(contractDoors))("repeats through the %s door", (doorName, open) => {
  const remembers = remembering.has(doorName);
  const resources = new AsyncDisposableStack();
  let sqs: FaultySqs;
  let door: ContractDoor;

  const post = async (
    target: string,
    body: unknown,
    headers: readonly (readonly [string, string])[] = [],
  ) => {
    const reply = await door.send({
      method: "POST",
      target,
      headers: [["Accept", "application/json"], ...headers],
      body: Buffer.from(JSON.stringify(body)),
    });
    return { ...reply, json: JSON.parse(reply.body), replayed: reply.headers.get("idempotent-replayed") };
  };
  /** How often messages with this creation time are on the queue, by the callsigns of their senders. */
  const queued = (id: string) => sqs.stored.filter((body) => JSON.parse(body).id === id).length;

  beforeAll(async () => {
    sqs = await startFaultySqs();
    resources.defer(() => sqs.stop());
    const directory = await mkdtemp(join(tmpdir(), "postern-"));
    resources.defer(() => rm(directory, { recursive: true }));
    const queue = await openQueue(remembers, sqs.queueUrl, directory);
    resources.defer(() => queue.close());
    door = await open(new InsertApplication({ queue, actions, clock: systemClock }), systemClock);
    resources.defer(() => door.close());
  });
  afterAll(() => resources.disposeAsync());

  it("has the first's answer for a repeat, and says that it is one where that is known", async () => {
    const first = await post("/message", upload(1));
    const again = await post("/message", upload(1));
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.json.id).toBe(first.json.id);
    expect(first.replayed).toBeUndefined();
    expect(again.replayed).toBe(remembers ? "true" : undefined);
    if (remembers) expect(again.json).toEqual(first.json);
    const text = await door.send({
      method: "POST",
      target: "/message",
      headers: [],
      body: Buffer.from(JSON.stringify(upload(1))),
    });
    expect(text.body).toBe("OK");
    await expect.poll(() => queued(first.json.id)).toBe(remembers ? 1 : 3);
  });

  it("goes by the key of a client where it has one, and never takes one client's for another's", async () => {
    const key = [["Idempotency-Key", "1"]] as const;
    const replayed = async (callsign: string) =>
      (await post("/message", upload(2, { callsign }), key)).replayed ?? "new";
    expect([await replayed("A"), await replayed("B"), await replayed("A")]).toEqual(
      remembers ? ["new", "new", "true"] : ["new", "new", "new"],
    );
    await expect.poll(() => queued("1")).toBe(remembers ? 2 : 3);
  });

  it("does not swallow another message under a key that was used", async () => {
    const key = [["Idempotency-Key", "reused"]] as const;
    await post("/message", upload(3), key);
    const other = await post("/message", upload(4), key);
    expect(other.status).toBe(422);
    expect(other.headers.get("content-type")).toBe("application/problem+json");
    expect(other.json).toMatchObject({ code: "idempotency_key_reused", field: "Idempotency-Key" });
    const inBody = await post("/message", { ...upload(4), idempotency_key: "reused" });
    expect([inBody.status, inBody.json["field"]]).toEqual([422, "idempotency_key"]);
    const many = await post("/messages", [{ ...upload(4), idempotency_key: "reused" }, upload(5)]);
    expect(many.status).toBe(207);
    expect(many.json).toMatchObject({
      accepted: 1,
      rejected: 1,
      results: [
        { outcome: "rejected", problem: { status: 422, field: "idempotency_key" } },
        { outcome: "accepted" },
      ],
    });
  });

  it("counts a repeat among many, also of one in the same request, as its own outcome", async () => {
    const first = await post("/message", upload(6));
    const { status, json } = await post("/messages", [upload(7), upload(6), upload(7)]);
    expect(status).toBe(200);
    const repeat = expect.objectContaining({ outcome: remembers ? "duplicate" : "accepted" });
    const fresh = expect.objectContaining({ outcome: "accepted" });
    expect(json.results).toEqual([fresh, repeat, repeat]);
    expect(json.results[1]).toEqual({
      index: 1,
      ...(remembers ? { outcome: "duplicate", ...first.json } : { outcome: "accepted", id: first.json.id }),
    });
    expect(json).toMatchObject(
      remembers ? { accepted: 1, duplicate: 2, rejected: 0 } : { accepted: 3, rejected: 0 },
    );
    await expect.poll(() => queued(json.results[0].id)).toBe(remembers ? 1 : 2);
  });
});
