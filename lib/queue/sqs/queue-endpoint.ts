import { ConfigurationError } from "../../platform/configuration-error.ts";
import type { SqsAccess } from "./sqs-api.ts";

/**
 * The endpoint that the environment sets, as the AWS SDKs have it; undefined where the queue's own URL says it.
 *
 * @throws {ConfigurationError} when it is no URL
 */
export function configuredEndpoint(): string | undefined {
  for (const name of ["AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"]) {
    const value = process.env[name];
    if (value === undefined || value === "") continue;
    if (/^https?:$/.test(URL.parse(value)?.protocol ?? "")) return value;
    throw new ConfigurationError(`${name} must be an http or https URL, got ${JSON.stringify(value)}`);
  }
  return undefined;
}

/** Where the calls for a queue go. An endpoint that is set keeps its path; that of the queue's URL is none, since calls name the queue. */
export function serverOf({ endpoint, queueUrl }: Pick<SqsAccess, "endpoint" | "queueUrl">): URL {
  return new URL(endpoint ?? configuredEndpoint() ?? new URL(queueUrl).origin);
}

/**
 * Hosts of queues (AWS General Reference, "Amazon SQS endpoints and quotas"): with FIPS or without, of a VPC endpoint, and as
 * old tools still give them. Regions of whatever partition are like `eu-west-1` and `us-gov-east-1`.
 */
const queueHost =
  /(?:^|\.)sqs(?:-fips)?\.(?<region>[a-z]+(?:-[a-z]+)+-[0-9]+)\.|^(?<legacy>[a-z]+(?:-[a-z]+)+-[0-9]+)\.queue\.amazonaws\./;

/** The region that a queue's URL names: it takes no signature for another. Undefined for a queue that is not at AWS. */
export function regionOf(queueUrl: string): string | undefined {
  const { hostname } = new URL(queueUrl);
  if (hostname === "queue.amazonaws.com") return "us-east-1";
  const { region, legacy } = queueHost.exec(hostname)?.groups ?? {};
  return region ?? legacy;
}

/**
 * How long what is on the other side is waited for.
 *
 * @param requestTimeout milliseconds for a whole call
 */
export function handlerTimeouts(requestTimeout: number) {
  return {
    // Sooner than the whole call, because only a connection that was never made shows that nothing was sent.
    connectionTimeout: Math.max(Math.min(2_000, requestTimeout * 0.75), requestTimeout / 4),
    requestTimeout,
    // Without this the handler only warns when the time is over.
    throwOnRequestTimeout: true,
    // The request's timeout ends with the head of the answer; a body that stalls needs its own.
    socketTimeout: requestTimeout,
  };
}
