import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const client = new SQSClient({});

/** One call to SQS for a message, by the SDK as it comes. */
export async function sendMessage(body: string): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl: process.env["QUEUE_URL"], MessageBody: body }));
}
