import { systemClock } from "../message/clock.ts";
import type { Queue } from "../queue/queue.ts";
import type { QueueObserver } from "../queue/queue-observer.ts";
import { sdkSqs } from "../queue/sqs/sdk-sqs.ts";
import { SqsQueue } from "../queue/sqs/sqs-queue.ts";

/**
 * Milliseconds until a call to SQS is given up. It answers in tens of them, so that after these a second try, still
 * within the five seconds that the core waits, has better prospects.
 */
export const requestTimeout = 2_000;

/**
 * The queue that `QUEUE_URL` names. Nothing is asked of it beforehand: the function may only send, and a cold start has
 * no time for it.
 *
 * @throws {Error} in words for the operator, when the variable is not set or is no URL
 */
export function functionQueue(environment: NodeJS.ProcessEnv, observer: QueueObserver): Queue {
  const queueUrl = environment["QUEUE_URL"];
  if (queueUrl === undefined || !/^https?:$/.test(URL.parse(queueUrl)?.protocol ?? "")) {
    const example = "https://sqs.eu-west-1.amazonaws.com/123456789012/postern";
    throw new Error(`QUEUE_URL must be the URL of an SQS queue, such as ${example}, got ${shown(queueUrl)}`);
  }
  const client = sdkSqs({ queueUrl, requestTimeout, maxSockets: 8 });
  return new SqsQueue({ client, queueUrl, clock: systemClock, observer });
}

function shown(value: string | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
