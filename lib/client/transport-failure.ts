import { withCertificateAdvice } from "../platform/certificate-failure.ts";
import { errorCode } from "../platform/error-code.ts";
import { reasonOf } from "../platform/reason-of.ts";

const explanations: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nobody listens there"],
  ["ECONNRESET", "the connection broke"],
  ["EPIPE", "the connection broke"],
  ["ENOENT", "there is no such socket"],
  ["EACCES", "this user may not connect to it"],
  ["ENOTFOUND", "its host name cannot be resolved"],
  ["EAI_AGAIN", "its host name cannot be resolved now"],
  ["EHOSTUNREACH", "its host cannot be reached"],
  ["ENETUNREACH", "its network cannot be reached"],
  ["ETIMEDOUT", "it does not answer"],
]);

/** Why there was no answer, in a few words. What was aborted has the reason as its cause. */
export function transportFailure(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "it does not answer in time";
  const code = errorCode(error);
  const explanation = code === undefined ? undefined : explanations.get(code);
  if (explanation !== undefined) return explanation;
  // Through a tunnel Node has another code for it.
  if (code === "EPROTO" || code?.startsWith("ERR_SSL_")) return tlsFailure(reasonOf(error));
  if (code?.startsWith("HPE_")) return "it does not speak HTTP";
  if (error instanceof AggregateError && error.errors.length > 0) return transportFailure(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return transportFailure(error.cause);
  return withCertificateAdvice(reasonOf(error));
}

/** What OpenSSL says of an answer that is none of TLS, depending on its first bytes. */
const notTls: ReadonlySet<string> = new Set(["wrong version number", "packet length too long"]);

/** @param text `write EPROTO THREAD:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:…` */
function tlsFailure(text: string): string {
  const reason = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(text)?.[1];
  if (reason !== undefined && notTls.has(reason)) return "it does not speak TLS";
  return `TLS fails: ${reason ?? text}`;
}
