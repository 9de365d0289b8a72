import type { HttpAnswer } from "./http-pool.ts";

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
export function readAnswer(answer: Omit<HttpAnswer, "headers">): object {
  const { statusCode } = answer;
  let content: ErrorContent;
  try {
    content = parsed(answer);
  } catch (cause) {
    if (statusCode >= 300) throw new SqsCallError("UnknownError", `HTTP status ${statusCode}`, statusCode);
    const reason = cause instanceof Error ? cause.message : "";
    throw new SqsCallError("UnreadableAnswer", `the answer cannot be read: ${reason}`, statusCode, { cause });
  }
  if (statusCode < 300) return content;
  const type = text(content.__type) ?? "UnknownError";
  const message = text(content.message) ?? text(content.Message) ?? `HTTP status ${statusCode}`;
  throw new SqsCallError(type.slice(type.indexOf("#") + 1), message, statusCode);
}

/** What is in it may be anything. */
interface ErrorContent {
  /** With its namespace: `com.amazonaws.sqs#QueueDoesNotExist`. */
  readonly __type?: unknown;
  readonly message?: unknown;
  readonly Message?: unknown;
}

function parsed({ body, failure }: Omit<HttpAnswer, "headers">): object {
  if (body === undefined) throw failure;
  const content: unknown = JSON.parse(body);
  if (typeof content !== "object" || content === null) throw new Error("it is no JSON object");
  return content;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
