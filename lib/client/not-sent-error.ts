import { reasonOf } from "../platform/reason-of.ts";

/** Nothing of a request has left, since there was no connection for it. The cause is why. */
export class NotSentError extends Error {
  override readonly name = "NotSentError";

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}
