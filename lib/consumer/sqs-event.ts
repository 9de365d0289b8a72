/**
 * As much of what Lambda hands to a function that an SQS queue triggers as is needed here; `SQSEvent` of `@types/aws-lambda`
 * fits (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
 */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

export interface SqsRecord {
  /** SQS's own, of this copy of the message. */
  readonly messageId: string;
  readonly body: string;
  /** On a FIFO queue, whose names end in `.fifo`, the order within `MessageGroupId` counts. */
  readonly attributes: { readonly MessageGroupId?: string | undefined };
  readonly eventSourceARN: string;
}

/** What SQS is to deliver again; it deletes the others. Only with `ReportBatchItemFailures` does it look at this. */
export interface SqsBatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Records in lanes: one at a time in each, in order; lanes do not matter to each other. */
export function lanes(records: readonly SqsRecord[]): readonly (readonly SqsRecord[])[] {
  const all = new Map<string | SqsRecord, SqsRecord[]>();
  for (const record of records) {
    const lane = laneOf(record);
    const before = all.get(lane);
    if (before === undefined) all.set(lane, [record]);
    else before.push(record);
  }
  return [...all.values()];
}

/** A group of a standard queue is for fairness alone, and holds nothing up. */
function laneOf(record: SqsRecord): string | SqsRecord {
  const { eventSourceARN, attributes } = record;
  return eventSourceARN.endsWith(".fifo") ? (attributes.MessageGroupId ?? "") : record;
}
