import { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actions } from "../../lib/actions/actions.ts";
import { InsertApplication } from "../../lib/application/insert-application.ts";
import { systemClock } from "../../lib/message/clock.ts";
import { parseMessage } from "../../lib/message/parse-message.ts";
import { directSqs } from "../../lib/queue/sqs/direct-sqs.ts";
import { sdkSqs } from "../../lib/queue/sqs/sdk-sqs.ts";
import { SqsQueue } from "../../lib/queue/sqs/sqs-queue.ts";
import { receiveAll } from "../support/receive-all.ts";
import { comparedHeaders } from "./compared-headers.ts";
import { type ContractDoor, contractDoors } from "./contract-doors.ts";
import { contracts, maxBody, maxMessages, now } from "./contract-requests.ts";

const clock = { now: () => now, monotonic: systemClock.monotonic };
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** The phases of a request by which something was stored, when its answer begins. */
const stored = ["read", "parsed", "validated", "durable"];

/** Their queue is reached without the SDK's client. */
const onPremises = new Set(["HTTP", "SCGI"]);

const replies = new Map<string, Map<string, unknown>>();

describe.each(Object.entries(contractDoors))("through the %s door", (doorName, open) => {
  const resources = new AsyncDisposableStack();
  let door: ContractDoor;
  let client: SQSClient;
  let queueUrl: string;

  beforeAll(async () => {
    const server = await startFauxqs({ port: 0, logger: false, host: "", defaultRegion: "us-east-1" });
    resources.defer(() => server.stop());
    server.createQueue("postern");
    const endpoint = `http://127.0.0.1:${server.port}`;
    queueUrl = `${endpoint}/000000000000/postern`;
    client = new SQSClient({ endpoint, region: "us-east-1", credentials });
    resources.defer(() => client.destroy());
    // As the doors do: the cloud's go by the SDK's client.
    const connect = onPremises.has(doorName) ? directSqs : sdkSqs;
    const queue = new SqsQueue({
      client: connect({ queueUrl, requestTimeout: 5_000, maxSockets: 2, region: "us-east-1", credentials }),
      queueUrl,
      clock,
    });
    resources.defer(() => queue.close());
    const application = new InsertApplication({ queue, actions, clock, maxBody, maxMessages });
    door = await open(application, clock);
    resources.defer(() => door.close());
  });

  afterAll(() => resources.disposeAsync());

  it.each(contracts.map((contract) => [contract.name, contract] as const))("%s", async (name, contract) => {
    const reply = await door.send(contract.request);
    const queued = (await receiveAll(client, queueUrl))
      .map(({ Body }) => parseMessage(Body ?? ""))
      // A standard queue keeps no order.
      .toSorted((a, b) => a.time_created - b.time_created);

    const { body, status, contentType, headers = {} } = contract;
    expect(reply.body).toEqual(typeof body === "string" ? body : expect.stringMatching(body));
    expect(reply.status).toBe(status);
    expect(reply.headers.get("content-type")).toBe(contentType);
    for (const [header, value] of Object.entries(headers)) expect(reply.headers.get(header)).toBe(value);
    expect(reply.headers.get("x-request-id")).toMatch(/./);
    const timing = reply.headers.get("server-timing") ?? "";
    expect(timing).toMatch(/^(?:[a-z]+;dur=[0-9.]+(?:, |$))+$/);
    if (queued.length > 0) expect(timing.match(/[a-z]+(?=;)/g)).toEqual(stored);
    expect(queued).toEqual([contract.queued ?? []].flat());

    const same = { body: reply.body, status: reply.status, headers: comparedHeaders(reply.headers), queued };
    const others = replies.get(name) ?? new Map<string, unknown>();
    for (const [otherDoor, other] of others) expect(same, `the answer of ${otherDoor}`).toEqual(other);
    replies.set(name, others.set(doorName, same));
  });
});
