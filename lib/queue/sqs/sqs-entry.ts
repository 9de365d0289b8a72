import { hash } from "node:crypto";
import type { SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";
import type { SerialisedMessage } from "../../message/serialised-message.ts";

/** A message as SQS takes it, with what the planner must know of it. */
export interface SqsEntry {
  readonly message: SerialisedMessage;
  /** The callsign: order is kept within it on a FIFO queue, and standard queues share their capacity fairly by it. */
  readonly group: string;
  /** As SQS counts them: the body, and the names, types and values of the attributes, in UTF-8. */
  readonly bytes: number;
}

export function sqsEntry(message: SerialisedMessage): SqsEntry {
  return { message, group: groupId(message.callsign), bytes: countBytes(message) };
}

/** @param id of the entry within its call, not of the message */
export function batchEntry(
  { message, group }: SqsEntry,
  id: string,
  fifo: boolean,
): SendMessageBatchRequestEntry {
  return {
    Id: id,
    MessageBody: message.body,
    MessageAttributes: {
      type: { DataType: "String", StringValue: message.type },
      callsign: { DataType: "String", StringValue: message.callsign },
      id: { DataType: "String", StringValue: message.id },
    },
    MessageGroupId: group,
    ...(fifo ? { MessageDeduplicationId: message.id } : {}),
  };
}

const attributeNames = ["type", "callsign", "id"] as const;

/** As SQS counts them; see `SqsEntry.bytes`. */
export function countBytes(message: SerialisedMessage): number {
  let bytes = Buffer.byteLength(message.body);
  for (const name of attributeNames) {
    bytes += name.length + "String".length + Buffer.byteLength(message[name]);
  }
  return bytes;
}

/** A group id has at most 128 characters; a callsign may have more. */
function groupId(callsign: string): string {
  return callsign.length <= 128 ? callsign : hash("sha256", callsign, "hex");
}
