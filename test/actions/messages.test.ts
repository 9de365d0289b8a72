import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actions } from "../../lib/actions/actions.ts";
import { InsertApplication } from "../../lib/application/insert-application.ts";
import { Phases } from "../../lib/application/phases.ts";
import type { Problem } from "../../lib/application/problem.ts";
import { unlimitedMemory } from "../../lib/application/request-memory.ts";
import { systemClock } from "../../lib/message/clock.ts";
import { parseMessage } from "../../lib/message/parse-message.ts";
import { directSqs } from "../../lib/queue/direct-sqs.ts";
import { SqsQueue } from "../../lib/queue/sqs-queue.ts";
import { startFaultySqs } from "../support/faulty-sqs.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

function upload(number: number): string {
  const data = { name: String(number) };
  return JSON.stringify({
    callsign: `C${number % 3}`,
    type: "LISTENER_INFO",
    time_created: number,
    time_uploaded: number,
    data,
  });
}

/** Posts lines through the whole core to an endpoint that fails by seed. */
async function insert(
  lines: readonly string[],
  faults: Parameters<typeof startFaultySqs>[0],
  patience = { requestTimeout: 20, queueTimeout: 150 },
) {
  const server = await startFaultySqs(faults);
  const queue = new SqsQueue({
    client: directSqs({
      queueUrl: server.queueUrl,
      requestTimeout: patience.requestTimeout,
      maxSockets: 8,
      region: "us-east-1",
      credentials,
    }),
    queueUrl: server.queueUrl,
    clock: systemClock,
    random: () => 0,
  });
  const problems: Problem[] = [];
  const application = new InsertApplication({
    queue,
    actions,
    clock: systemClock,
    queueTimeout: patience.queueTimeout,
    onProblem: (problem) => problems.push(problem),
  });
  const response = await application.handle({
    id: "1",
    method: "POST",
    path: "/messages",
    prefix: "",
    headers: new Map([["content-type", "application/x-ndjson"]]),
    body: Buffer.from(lines.join("\n")),
    client: "2.7.5.8",
    deadline: systemClock.monotonic() + 10_000,
    memory: unlimitedMemory,
    phases: new Phases(systemClock),
  });
  await queue.close();
  await server.stop();
  return {
    response,
    receipt: JSON.parse(response.body),
    stored: server.stored.map((body) => parseMessage(body)),
    problems,
  };
}

describe("messages, to a queue that fails", () => {
  it("has a receipt that agrees with what was stored, for every seed", async () => {
    const call = [
      "none",
      "none",
      "none",
      "throttled",
      "error",
      "error_stored",
      "reset",
      "reset_stored",
      "hang_stored",
    ] as const;
    const entry = ["none", "none", "none", "sender", "internal", "missing", "missing_stored"] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
        async (seed, good) => {
          const lines = good.map((isGood, number) => (isGood ? upload(number) : "nonsense"));
          const { receipt, stored } = await insert(lines, { call, entry, seed });
          const names = new Set(stored.map(({ data }) => ("name" in data ? data.name : undefined)));
          expect(receipt.results).toHaveLength(lines.length);
          for (const [index, result] of receipt.results.entries()) {
            expect(result.index).toBe(index);
            if (!good[index]) expect(result).toMatchObject({ outcome: "rejected", problem: { status: 400 } });
            if (result.outcome === "accepted") expect(names.has(String(index))).toBe(true);
            if (result.outcome === "rejected") expect(names.has(String(index))).toBe(false);
          }
          expect(receipt.accepted).toBe(
            receipt.results.filter((item: { outcome: string }) => item.outcome === "accepted").length,
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it("is 503 with Retry-After when none could be stored, and tells the operator once", async () => {
    const lines = Array.from({ length: 30 }, (_, number) => upload(number));
    const { response, receipt, problems } = await insert(lines, { call: ["denied"] });
    expect(response.status).toBe(503);
    expect(response.headers["retry-after"]).toBe("5");
    expect(receipt).toMatchObject({ accepted: 0, rejected: 30 });
    expect(problems).toHaveLength(1);
  });

  it("takes a thousand of them in full calls", async () => {
    const lines = Array.from({ length: 1_000 }, (_, number) => upload(number));
    const { response, stored } = await insert(lines, {}, { requestTimeout: 5_000, queueTimeout: 8_000 });
    expect(response.status).toBe(200);
    expect(stored).toHaveLength(1_000);
  });
});
