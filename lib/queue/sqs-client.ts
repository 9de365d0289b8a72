import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";

export interface SqsClientOptions {
  readonly queueUrl: string;
  /** Milliseconds until a call is given up; what became of it is then unknown. */
  readonly requestTimeout: number;
  /** Calls under way at once. */
  readonly maxSockets: number;
  /** Default: the region in the queue's URL, else `AWS_REGION` and whatever else the SDK goes by. */
  readonly region?: string;
  readonly credentials?: SQSClientConfig["credentials"];
}

/**
 * An SDK client that gives up in time and leaves retries to us: by itself it can hang for minutes.
 *
 * Credentials and endpoint are the SDK's own matter (`AWS_ENDPOINT_URL_SQS`, profiles, …), and so is the region where
 * the queue's URL has none: a queue takes no signature for another region than its own.
 */
export function sqsClient({
  queueUrl,
  requestTimeout,
  maxSockets,
  credentials,
  region = regionOf(queueUrl),
}: SqsClientOptions): SQSClient {
  const client = new SQSClient({
    maxAttempts: 1,
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    ...endpointFor(queueUrl),
    requestHandler: {
      // Sooner than the whole call, because only a connection that was never made shows that nothing was sent.
      connectionTimeout: Math.min(2_000, requestTimeout * 0.75),
      requestTimeout,
      // Without this the handler only warns when the time is over.
      throwOnRequestTimeout: true,
      // The request's timeout ends with the head of the answer; a body that stalls needs its own.
      socketTimeout: requestTimeout,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets },
    },
  });
  // It copies every call and every answer for a log that there is none of: a sixth of the cost of a full batch.
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}

/** The SDK would choose between the two by itself, but with a warning on the console. */
function endpointFor(queueUrl: string): Pick<SQSClientConfig, "endpoint" | "useQueueUrlAsEndpoint"> {
  const configured = process.env["AWS_ENDPOINT_URL_SQS"] ?? process.env["AWS_ENDPOINT_URL"];
  return configured === undefined ? { endpoint: new URL(queueUrl).origin } : { useQueueUrlAsEndpoint: false };
}

function regionOf(queueUrl: string): string | undefined {
  return /^sqs\.([a-z0-9-]+)\./.exec(new URL(queueUrl).hostname)?.[1];
}
