import type { SendMessageBatchResult } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { type SqsTarget, sendBatch } from "../../../lib/queue/sqs/send-batch.ts";
import { sqsEntry } from "../../../lib/queue/sqs/sqs-entry.ts";

const queueUrl = "https://sqs.eu-west-1.amazonaws.com/1/postern";
const entryOf = (id: string, callsign = "M0ZDR") =>
  sqsEntry({ id, type: "LISTENER_INFO", callsign, body: id });

/** A target whose calls are answered by `answer`, from the bodies of their entries; `sent` is what each carried. */
function targetThat(answer: (bodies: readonly string[]) => Partial<SendMessageBatchResult>) {
  const sent: string[][] = [];
  const client: SqsTarget["client"] = {
    async sendMessageBatch({ Entries = [] }) {
      const bodies = Entries.map(({ MessageBody = "" }) => MessageBody);
      sent.push(bodies);
      return { Successful: undefined, Failed: undefined, ...answer(bodies) };
    },
  };
  return { target: { client, queueUrl, fifo: false }, sent };
}

const allStored = (bodies: readonly string[]) => ({
  Successful: bodies.map((body, index) => ({ Id: String(index), MessageId: body, MD5OfMessageBody: "" })),
});

function refusal(name: string, message = "no"): never {
  throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
}

describe("sendBatch", () => {
  it("gives each entry its own outcome, whatever the order of the answer", async () => {
    const { target } = targetThat(() => ({
      Failed: [
        { Id: "3", SenderFault: false, Code: "InternalError" },
        { Id: "0", SenderFault: true, Code: "InvalidMessageContents" },
      ],
      Successful: [{ Id: "2", MessageId: "", MD5OfMessageBody: "" }],
    }));
    const outcomes = await sendBatch(
      target,
      ["a", "b", "c", "d"].map((id) => entryOf(id)),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["refused", "unknown", "stored", "retry"]);
  });

  it("says of an answer without lists that everything may be stored", async () => {
    const { target } = targetThat(() => ({}));
    const outcomes = await sendBatch(target, [entryOf("a"), entryOf("b")]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["unknown", "unknown"]);
  });

  it.each([null, {}, "text", [null, 5]])(
    "takes %j in the place of a list for an empty one",
    async (nothing) => {
      const list = nothing as unknown as undefined;
      const stored = targetThat((bodies) => ({ ...allStored(bodies), Failed: list }));
      const unknown = targetThat(() => ({ Successful: list, Failed: list }));
      const failed = targetThat(() => ({
        Successful: list,
        Failed: [{ Id: "0", SenderFault: true, Code: "InvalidMessageContents" }],
      }));
      const outcomes = [stored, unknown, failed].map(({ target }) => sendBatch(target, [entryOf("a")]));
      expect((await Promise.all(outcomes)).flat().map(({ outcome }) => outcome)).toEqual([
        "stored",
        "unknown",
        "refused",
      ]);
    },
  );

  it("names the queue and SQS's code, and whether a retry can help", async () => {
    const { target } = targetThat(() => refusal("RequestThrottled", "slow down\n  at length"));
    const [outcome] = await sendBatch(target, [entryOf("a"), entryOf("b")]);
    expect(outcome).toMatchObject({
      outcome: "retry",
      error: {
        code: "unavailable",
        retryable: true,
        message: `${queueUrl}: RequestThrottled: slow down`,
        sqsCode: "RequestThrottled",
      },
    });
  });

  it("finds the entry for which a whole call was refused", async () => {
    const { target, sent } = targetThat((bodies) =>
      bodies.includes("b") ? refusal("InvalidMessageContents") : allStored(bodies),
    );
    const outcomes = await sendBatch(
      target,
      ["a", "b", "c"].map((id) => entryOf(id)),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["stored", "refused", "stored"]);
    expect(sent).toEqual([["a", "b", "c"], ["a"], ["b"], ["c"]]);
  });

  it.each([
    ["BatchRequestTooLong", "Batch requests cannot be longer than 1024 bytes."],
    ["InvalidParameterValue", "Reason: Message must be shorter than 1024 bytes."],
  ])("calls a message too large when SQS does so by %s, without naming the queue", async (name, message) => {
    const { target } = targetThat(() => refusal(name, message));
    const [outcome] = await sendBatch(target, [entryOf("a")]);
    expect(outcome).toMatchObject({ outcome: "refused", error: { code: "too_large", retryable: false } });
    expect(outcome).toHaveProperty("error.message", "The message is larger than the queue takes.");
  });
});
