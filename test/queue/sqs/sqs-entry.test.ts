import { describe, expect, it } from "vitest";
import { batchEntry, sqsEntry } from "../../../lib/queue/sqs/sqs-entry.ts";

const message = { id: "id-1", type: "LISTENER_INFO", callsign: "M0ZDR", body: '{"é":1}' };

describe("sqsEntry", () => {
  it("counts bytes as SQS does: body and attributes, in UTF-8", () => {
    const attributes =
      "typeStringLISTENER_INFO".length + "callsignStringM0ZDR".length + "idStringid-1".length;
    expect(sqsEntry(message).bytes).toBe(8 + attributes);
  });

  it("groups by callsign, and by its hash where it is longer than a group id may be", () => {
    expect(sqsEntry(message).group).toBe("M0ZDR");
    expect(sqsEntry({ ...message, callsign: "X".repeat(128) }).group).toBe("X".repeat(128));
    expect(sqsEntry({ ...message, callsign: "X".repeat(129) }).group).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("batchEntry", () => {
  const text = (value: string) => ({ DataType: "String", StringValue: value });

  it("carries body, attributes and group", () => {
    expect(batchEntry(sqsEntry(message), "3", false)).toEqual({
      Id: "3",
      MessageBody: message.body,
      MessageAttributes: { type: text("LISTENER_INFO"), callsign: text("M0ZDR"), id: text("id-1") },
      MessageGroupId: "M0ZDR",
    });
  });

  it("deduplicates by the id on a FIFO queue", () => {
    expect(batchEntry(sqsEntry(message), "3", true)).toMatchObject({ MessageDeduplicationId: "id-1" });
  });
});
