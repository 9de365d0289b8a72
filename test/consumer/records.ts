import { serialiseMessage } from "../../lib/message/serialise-message.ts";
import { numberedMessage } from "../support/messages.ts";

export interface RecordOptions {
  readonly fifo?: boolean;
  readonly group?: string;
  readonly body?: string;
}

const queueArn = "arn:aws:sqs:eu-west-1:123456789012:postern";

/** As Lambda hands it over: the form is that of its documentation, "Using Lambda with Amazon SQS". */
export function sqsRecord(number: number, { fifo = false, group = "M0ZDR", body }: RecordOptions = {}) {
  return {
    messageId: crypto.randomUUID(),
    receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
    body: body ?? serialiseMessage(numberedMessage(number, group)),
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1545082649183",
      SenderId: "AIDAIENQZJOLO23YVJ4VO",
      ApproximateFirstReceiveTimestamp: "1545082649185",
      MessageGroupId: group,
    },
    messageAttributes: {},
    md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    eventSource: "aws:sqs",
    eventSourceARN: fifo ? `${queueArn}.fifo` : queueArn,
    awsRegion: "eu-west-1",
  };
}
