import type {
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  SendMessageBatchRequest,
  SendMessageBatchResult,
} from "@aws-sdk/client-sqs";

/**
 * What is asked of SQS, with the names of its API. Calls are not retried. They reject with what `classifyCallError`
 * reads: the SDK's errors, or such as look like them.
 */
export interface SqsApi {
  /** @param abortSignal gives the call up; what became of it is then unknown */
  sendMessageBatch(
    request: SendMessageBatchRequest,
    abortSignal?: AbortSignal,
  ): Promise<Pick<SendMessageBatchResult, "Successful" | "Failed">>;
  getQueueAttributes(request: GetQueueAttributesRequest): Promise<GetQueueAttributesResult>;
  /** Closes the connections that it keeps. */
  destroy(): void;
}

/** As much of it as sending takes. */
export type SqsSender = Pick<SqsApi, "sendMessageBatch" | "destroy">;

export interface SqsAccess {
  readonly queueUrl: string;
  /** Milliseconds until a call is given up; what became of it is then unknown. */
  readonly requestTimeout: number;
  /** Bytes per second that a line may carry as its least: a call has as much longer as it takes there. Default: any number. */
  readonly slowestLine?: number;
  /** Calls under way at once. */
  readonly maxSockets: number;
  /** Where its calls go. Default: what the environment says, else the origin of the queue's URL. */
  readonly endpoint?: string;
  /** Default: the region in the queue's URL, else `AWS_REGION` and whatever else the SDK goes by. */
  readonly region?: string;
  /** Default: whatever the SDK finds. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
