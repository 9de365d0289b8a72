import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { SqsAccess, SqsSender } from "./sqs-api.ts";
import { sqsClient } from "./sqs-client.ts";

/** Sends by the SDK's own client. */
export function sdkSqs(access: SqsAccess): SqsSender {
  const client = sqsClient(access);
  return {
    sendMessageBatch: (request, abortSignal) =>
      client.send(new SendMessageBatchCommand(request), abortSignal === undefined ? {} : { abortSignal }),
    destroy: () => client.destroy(),
  };
}
