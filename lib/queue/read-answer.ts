import type { Readable } from "node:stream";

/** What came back of a call. */
export interface SqsAnswer {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
}

/** Characters of an answer that are read: that to a full call has less than 4,000. */
const longest = 1_048_576;

/** An answer that is no success, or cannot be understood. Looks like the SDK's errors do to `classifyCallError`. */
export class SqsCallError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  /** @param name SQS's code */
  constructor(name: string, message: string, httpStatusCode: number, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.$metadata = { httpStatusCode };
  }
}

/**
 * @throws {SqsCallError} for an answer that is an error, with its code (AWS JSON 1.0, "Operation error serialization"),
 *   and for one that breaks off, is not JSON or does not end
 */
export async function readAnswer(answer: SqsAnswer): Promise<unknown> {
  const { statusCode } = answer;
  let content: unknown;
  try {
    content = JSON.parse(await text(answer.body));
  } catch (cause) {
    if (statusCode >= 300) throw new SqsCallError("UnknownError", `HTTP status ${statusCode}`, statusCode);
    const reason = cause instanceof Error ? cause.message : "";
    throw new SqsCallError("UnreadableAnswer", `the answer cannot be read: ${reason}`, statusCode, { cause });
  }
  if (statusCode < 300) return content;
  const { __type: type = "UnknownError", message, Message } = (content ?? {}) as ErrorContent;
  throw new SqsCallError(
    type.slice(type.indexOf("#") + 1),
    message ?? Message ?? `HTTP status ${statusCode}`,
    statusCode,
  );
}

interface ErrorContent {
  /** With its namespace: `com.amazonaws.sqs#QueueDoesNotExist`. */
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

function text(body: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let read = "";
    body.setEncoding("utf8");
    body.on("data", (piece: string) => {
      read += piece;
      if (read.length > longest) body.destroy(new Error("it is longer than any of SQS"));
    });
    body.on("end", () => resolve(read));
    body.on("error", reject);
    // Also without an error, when the connection breaks. An error for each answer would be dear.
    body.on("close", () => {
      if (!body.readableEnded) reject(new Error("it broke off"));
    });
  });
}
