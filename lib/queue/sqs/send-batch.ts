import { QueueError, type QueueErrorCode } from "../queue-error.ts";
import { classifyCallError, classifyEntryError, type Failure, sqsCode, sqsReason } from "./classify-error.ts";
import { listed } from "./listed.ts";
import type { SqsApi } from "./sqs-api.ts";
import { batchEntry, type SqsEntry } from "./sqs-entry.ts";

/** What became of one entry of a call. */
export type EntryOutcome =
  | { readonly outcome: "stored" }
  | { readonly outcome: Failure; readonly error: QueueError };

export interface SqsTarget {
  readonly client: Pick<SqsApi, "sendMessageBatch">;
  readonly queueUrl: string;
  readonly fifo: boolean;
}

/**
 * Sends up to ten entries in one `SendMessageBatch`. Never rejects: each entry has its own outcome, in the order of
 * `entries`. An error for the whole call that blames its content is looked into entry by entry, so that one bad entry
 * does not sink its neighbours.
 *
 * On a FIFO queue the caller sees to it that no two entries are of one group: see `planBatch`.
 *
 * @param abortSignal gives the call up; its entries are then `unknown`
 */
export async function sendBatch(
  target: SqsTarget,
  entries: readonly SqsEntry[],
  abortSignal?: AbortSignal,
): Promise<readonly EntryOutcome[]> {
  try {
    const output = await target.client.sendMessageBatch(
      {
        QueueUrl: target.queueUrl,
        Entries: entries.map((entry, index) => batchEntry(entry, String(index), target.fifo)),
      },
      abortSignal,
    );
    return readOutcomes(target, entries, output);
  } catch (cause) {
    const failure = classifyCallError(cause);
    if (failure === "refused" && entries.length > 1) return sendOneByOne(target, entries, abortSignal);
    const error = wrap(target, failure, { code: sqsCode(cause), reason: sqsReason(cause), cause });
    return entries.map(() => ({ outcome: failure, error }));
  }
}

/** In turn, so that a refused call does not become ten at once. */
async function sendOneByOne(
  target: SqsTarget,
  entries: readonly SqsEntry[],
  abortSignal: AbortSignal | undefined,
): Promise<readonly EntryOutcome[]> {
  const outcomes: EntryOutcome[] = [];
  for (const entry of entries) outcomes.push(...(await sendBatch(target, [entry], abortSignal)));
  return outcomes;
}

function readOutcomes(
  target: SqsTarget,
  entries: readonly SqsEntry[],
  { Successful, Failed }: Awaited<ReturnType<SqsApi["sendMessageBatch"]>>,
): readonly EntryOutcome[] {
  const stored = new Set(listed(Successful).map(({ Id }) => Id));
  const failed = new Map(listed(Failed).map((entry) => [entry.Id, entry]));
  return entries.map((_, index) => {
    const id = String(index);
    if (stored.has(id)) return { outcome: "stored" };
    const failure = failed.get(id);
    if (failure === undefined) {
      const reason = "in neither list of the answer, so it may be stored";
      return { outcome: "unknown", error: wrap(target, "unknown", { code: "NoResult", reason }) };
    }
    const { Code: code = "UnknownError", SenderFault = false, Message: reason = "" } = failure;
    const outcome = classifyEntryError(code, SenderFault);
    return { outcome, error: wrap(target, outcome, { code, reason }) };
  });
}

interface SqsFailure {
  readonly code: string;
  readonly reason: string;
  readonly cause?: unknown;
}

const codes = {
  refused: "refused",
  retry: "unavailable",
  unavailable: "unavailable",
  unknown: "timeout",
} as const satisfies Record<Failure, QueueErrorCode>;

/** The one place where an SDK error becomes ours. */
function wrap({ queueUrl }: SqsTarget, failure: Failure, { code, reason, cause }: SqsFailure): QueueError {
  // Where the queue's own limit could not be read, SQS is the first to tell. The client reads the words.
  if (failure === "refused" && /TooLong|must be shorter than/.test(`${code} ${reason}`)) {
    return new QueueError("too_large", "The message is larger than the queue takes.", {
      sqsCode: code,
      cause,
    });
  }
  return new QueueError(codes[failure], `${queueUrl}: ${code}: ${reason}`, {
    retryable: failure === "retry" || failure === "unknown",
    sqsCode: code,
    cause,
  });
}
