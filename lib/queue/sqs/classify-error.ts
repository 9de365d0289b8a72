import { isNotTrusted, withCertificateAdvice } from "../../platform/certificate-failure.ts";
import { NotSentError } from "../../platform/not-sent-error.ts";

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

/** A call that is refused whole for one of these has an entry at fault. Whatever is not named here is taken for ours. */
const contentAtFault =
  /InvalidMessageContents|InvalidParameterValue|InvalidAttributeValue|MessageTooLong|BatchRequestTooLong|Serialization|MalformedInput/;

/** SQS calls these the sender's fault as well, but no other message would fare better. */
const operatorAtFault =
  /AccessDenied|Kms|NonExistentQueue|QueueDoesNotExist|InvalidAddress|Security|Token|Signature|Credential|OptIn/i;

/** No connection was made, so nothing was sent. */
const notConnected = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|^ERR_PROXY/;

/** What the SDK's errors have, and Node's network errors. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function sqsCode(error: unknown): string {
  const { name, code } = error as SdkError;
  // That of an abort is a number.
  return (typeof code === "string" ? code : name) ?? "UnknownError";
}

/** Whether somebody answered, if only to say no. */
export function isAnswer(error: unknown): boolean {
  return (error as SdkError).$metadata?.httpStatusCode !== undefined;
}

/** What an operator can do about words of the SDK's that do not say it. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/^Region is missing$/, "set AWS_REGION"],
  [/^Could not load credentials/, "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
];

/** Its first line: the SDK adds hints for programmers below it, and has none for operators. */
export function sqsReason(error: unknown): string {
  const [line = ""] = ((error as SdkError).message ?? "").split("\n");
  if (line === "") return sqsCode(error);
  const [, timeout] = /exceeded the configured ([0-9]+ ms) requestTimeout/.exec(line) ?? [];
  if (timeout !== undefined) return `no answer within ${timeout}`;
  const [, remedy] = remedies.find(([words]) => words.test(line)) ?? [];
  return remedy === undefined ? withCertificateAdvice(line) : `${line}; ${remedy}`;
}

/** @param error what a call of the SDK rejected with */
export function classifyCallError(error: unknown): Failure {
  const { name = "", $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return classifyUnanswered(error as SdkError);
  // An answer that broke off or cannot be read: whether SQS stored the entries stood in what is missing.
  if (status < 300) return "unknown";
  if (status === 429 || throttled.test(name)) return "retry";
  // 500 and 502 may come after the message was stored.
  if (status >= 500) return status === 503 ? "retry" : "unknown";
  // 413 may also be that of a proxy in between.
  return status === 413 || contentAtFault.test(name) ? "refused" : "unavailable";
}

function classifyUnanswered(error: SdkError): Failure {
  const { name = "", code = "", syscall = "", message = "" } = error;
  if (isNotTrusted(code) || code === "ERR_PROXY_REFUSED") return "unavailable";
  if (error instanceof NotSentError) return "retry";
  if (notConnected.test(code) || /^(connect|getaddrinfo)$/.test(syscall)) return "retry";
  // The SDK's own connection timeout has no code, only words.
  if (name === "TimeoutError" && message.includes("did not establish a connection")) return "retry";
  return /Credentials|ConfigError|Region is missing/i.test(`${name} ${message}`) ? "unavailable" : "unknown";
}

/** @param senderFault SQS's `SenderFault` of one failed entry */
export function classifyEntryError(code: string, senderFault: boolean): Failure {
  if (throttled.test(code)) return "retry";
  if (operatorAtFault.test(code)) return "unavailable";
  return senderFault || contentAtFault.test(code) ? "refused" : "retry";
}
