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
  if (error instanceof AggregateError && error.errors.length > 0) return transportFailure(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return transportFailure(error.cause);
  return reasonOf(error);
}
