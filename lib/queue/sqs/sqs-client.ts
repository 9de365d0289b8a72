import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import type { OutboundAgents } from "./outbound-agents.ts";
import { configuredEndpoint, handlerTimeouts, regionOf } from "./queue-endpoint.ts";
import type { SqsAccess } from "./sqs-api.ts";

/**
 * An SDK client that gives up in time and leaves retries to us: by itself it can hang for minutes.
 *
 * Credentials and endpoint are the SDK's own matter (`AWS_ENDPOINT_URL_SQS`, profiles, …), and so is the region where
 * the queue's URL has none.
 *
 * @param agents what it connects by
 */
export function sqsClient(access: SqsAccess, agents: OutboundAgents): SQSClient {
  const { queueUrl, requestTimeout, credentials, endpoint, region = regionOf(queueUrl) } = access;
  const client = new SQSClient({
    maxAttempts: 1,
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? endpointFor(queueUrl) : { endpoint }),
    requestHandler: {
      ...handlerTimeouts(requestTimeout),
      ...agents,
    },
  });
  // It copies every call and every answer for a log that there is none of: a sixth of the cost of a full batch.
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}

/** The SDK would choose between the two by itself, but with a warning on the console. */
function endpointFor(queueUrl: string): Pick<SQSClientConfig, "endpoint" | "useQueueUrlAsEndpoint"> {
  return configuredEndpoint() === undefined
    ? { endpoint: new URL(queueUrl).origin }
    : { useQueueUrlAsEndpoint: false };
}
