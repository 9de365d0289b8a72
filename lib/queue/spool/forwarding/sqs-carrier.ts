import { askQueue } from "../../sqs/asked-queue.ts";
import { directSqs } from "../../sqs/direct-sqs.ts";
import { sqsBatchLimits } from "../../sqs/plan-batch.ts";
import { QueueClock } from "../../sqs/queue-clock.ts";
import { sendBatch } from "../../sqs/send-batch.ts";
import type { SqsAccess } from "../../sqs/sqs-api.ts";
import { sqsEntry } from "../../sqs/sqs-entry.ts";
import type { AskingCarrier } from "./carrier.ts";

export interface SqsCarrierOptions {
  readonly access: SqsAccess;
  /** Milliseconds for one call that carries messages. That which asks the queue has those of `access`. */
  readonly callTimeout: number;
  /** Bytes per second: a call has as much longer as its bytes take on such a line. */
  readonly slowestLine: number;
}

/** Told of `QueueClock.error` after each call while there is one, and once that there is none any more. */
type OnClock = (milliseconds: number) => void;

/**
 * Carries messages to an SQS queue, which it asks first whether it keeps an order.
 *
 * @throws {Error} with one line for the operator, of settings that cannot be
 */
export async function openSqsCarrier(
  options: SqsCarrierOptions,
  onClock: OnClock = () => {},
): Promise<AskingCarrier> {
  const { access, callTimeout: requestTimeout, slowestLine } = options;
  const { queueUrl } = access;
  const clock = new QueueClock();
  const asking = directSqs(access, clock);
  let clockError = 0;
  const compareClocks = () => {
    if (clock.error !== 0 || clockError !== 0) onClock(clock.error);
    clockError = clock.error;
  };
  const asked = await askQueue(asking, queueUrl);
  compareClocks();
  const { fifo } = asked.limits;
  const client = directSqs({ ...access, requestTimeout, slowestLine }, clock);
  const target = { client, queueUrl, fifo };
  return {
    fifo,
    callLimits: sqsBatchLimits,
    asked,
    ask: () => askQueue(asking, queueUrl),
    async send(messages, signal) {
      const outcomes = await sendBatch(target, messages.map(sqsEntry), signal);
      compareClocks();
      return outcomes;
    },
    close() {
      asking.destroy();
      client.destroy();
    },
  };
}
