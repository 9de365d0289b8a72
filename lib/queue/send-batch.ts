import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { classifyCallError, classifyCode, type Failure, sqsCode } from "./classify-error.ts";
import { QueueError, type QueueErrorCode } from "./queue-error.ts";
import { batchEntry, type SqsEntry } from "./sqs-entry.ts";

/** What became of one entry of a call. */
export type EntryOutcome =
  | { readonly outcome: "stored" }
  | { readonly outcome: Failure; readonly error: QueueError };

export interface SqsTarget {
  readonly client: Pick<SQSClient, "send">;
  readonly queueUrl: string;
  readonly fifo: boolean;
}

/**
 * Sends up to ten entries in one `SendMessageBatch`. Never rejects: each entry has its own outcome, in the order of
 * `entries`. An error for the whole call that blames its content is looked into entry by entry, so that one bad entry
 * does not sink its neighbours.
 *
 * @param abortSignal gives the call up; its entries are then `unknown`
 */
export async function sendBatch(
  target: SqsTarget,
  entries: readonly SqsEntry[],
  abortSignal?: AbortSignal,
): Promise<readonly EntryOutcome[]> {
  let output: SendMessageBatchCommandOutput;
  try {
    output = await target.client.send(
      new SendMessageBatchCommand({
        QueueUrl: target.queueUrl,
        Entries: entries.map((entry, index) => batchEntry(entry, String(index), target.fifo)),
      }),
      abortSignal === undefined ? {} : { abortSignal },
    );
  } catch (error) {
    const failure = classifyCallError(error);
    if (failure === "refused" && entries.length > 1) return sendOneByOne(target, entries, abortSignal);
    const wrapped = wrap(target, entries, failure, sqsCode(error), error);
    return entries.map(() => ({ outcome: failure, error: wrapped }));
  }
  return outcomes(target, entries, output);
}

/** In turn, not at once: entries of one group keep their order. */
async function sendOneByOne(
  target: SqsTarget,
  entries: readonly SqsEntry[],
  abortSignal: AbortSignal | undefined,
): Promise<readonly EntryOutcome[]> {
  const results: EntryOutcome[] = [];
  for (const entry of entries) results.push(...(await sendBatch(target, [entry], abortSignal)));
  return results;
}

function outcomes(
  target: SqsTarget,
  entries: readonly SqsEntry[],
  { Successful = [], Failed = [] }: SendMessageBatchCommandOutput,
): readonly EntryOutcome[] {
  const stored = new Set(Successful.map(({ Id }) => Id));
  const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
  return entries.map((entry, index) => {
    const id = String(index);
    if (stored.has(id)) return { outcome: "stored" };
    const failure = failed.get(id);
    // In neither list: SQS says nothing of it, so it may be stored.
    if (failure === undefined)
      return { outcome: "unknown", error: wrap(target, [entry], "unknown", "NoResult") };
    const code = failure.Code ?? "UnknownError";
    const outcome = classifyCode(code, failure.SenderFault ?? false);
    return { outcome, error: wrap(target, [entry], outcome, code, failure.Message) };
  });
}

const codes = {
  refused: "refused",
  retry: "unavailable",
  unavailable: "unavailable",
  unknown: "timeout",
} as const satisfies Record<Failure, QueueErrorCode>;

/** The one place where an SDK error becomes ours. */
function wrap(
  { queueUrl }: SqsTarget,
  entries: readonly SqsEntry[],
  failure: Failure,
  sqsCode: string,
  cause?: unknown,
): QueueError {
  const reason = cause instanceof Error ? cause.message : (cause ?? "no result for the entry");
  return new QueueError(codes[failure], `${queueUrl}: ${sqsCode}: ${reason}`, {
    retryable: failure === "retry" || failure === "unknown",
    facts: { queueUrl, sqsCode, ids: entries.map(({ message }) => message.id) },
    cause,
  });
}
