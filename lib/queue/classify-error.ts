/**
 * What an SQS error says of the entries it came for.
 *
 * - `refused`: never acceptable as they are.
 * - `retry`: not stored; another try soon can succeed.
 * - `unavailable`: not stored; somebody must mend the queue, its permissions or its keys first.
 * - `unknown`: they may be stored.
 */
export type Failure = "refused" | "retry" | "unavailable" | "unknown";

const throttled = /Throttl|OverLimit|TooManyRequests|ServiceUnavailable|SlowDown/i;

/** The content is at fault. Whatever is not named here is taken for ours, so that nothing is given up by mistake. */
const contentAtFault =
  /InvalidMessageContents|InvalidParameterValue|InvalidAttributeValue|MessageTooLong|BatchRequestTooLong|MissingParameter|UnsupportedOperation/;

/** No connection was made, so nothing was sent. */
const notSent = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ENOENT/;

/** What the SDK's errors have, and Node's network errors. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function sqsCode(error: unknown): string {
  const { name, code } = error as SdkError;
  return code ?? name ?? "UnknownError";
}

/** @param error what a call of the SDK rejected with */
export function classifyCallError(error: unknown): Failure {
  const { name = "", message = "", $metadata } = error as SdkError;
  const code = sqsCode(error);
  const status = $metadata?.httpStatusCode;
  if (status === undefined) {
    if (notSent.test(code)) return "retry";
    if (/Credentials|ConfigError|Region is missing/i.test(`${name} ${message}`)) return "unavailable";
    // A connection that was never made: the SDK says so in words alone.
    if (name === "TimeoutError" && message.includes("without establishing a connection")) return "retry";
    return "unknown";
  }
  if (status === 429 || throttled.test(name)) return "retry";
  // 500 and 502 may come after the message was stored.
  if (status >= 500) return status === 503 ? "retry" : "unknown";
  return classifyCode(name, true);
}

/** @param senderFault SQS's `SenderFault` of one failed entry */
export function classifyCode(code: string, senderFault: boolean): Failure {
  if (throttled.test(code)) return "retry";
  if (contentAtFault.test(code)) return "refused";
  return senderFault || code.startsWith("Kms") ? "unavailable" : "retry";
}
