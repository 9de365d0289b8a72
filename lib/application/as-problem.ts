import { InvalidMessageError } from "../message/invalid-message.ts";
import { QueueError } from "../queue/queue-error.ts";
import { Problem } from "./problem.ts";
import { retryLater } from "./retry-later.ts";

/**
 * The one place where errors become answers. Who must act decides the class: 4xx only for what the client can
 * mend, since clients throw a message away on 4xx and send it again on 5xx. What a 5xx was caused by stays here,
 * as `cause`, for the operator.
 *
 * @param keyField where the client gave the message's key, if it did
 */
export function asProblem(error: unknown, keyField = "Idempotency-Key"): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidMessageError) {
    const { message, field } = error;
    return new Problem("invalid_message", message, field === "" ? {} : { field });
  }
  if (error instanceof QueueError) return queueProblem(error, keyField);
  return new Problem("internal_error", "Something went wrong here; sending the same again is safe.", {
    cause: error,
  });
}

function queueProblem(error: QueueError, keyField: string): Problem {
  const options = { cause: error };
  switch (error.code) {
    case "too_large":
      return new Problem("message_too_large", error.message, options);
    case "conflict":
      // draft-ietf-httpapi-idempotency-key-header-07 §2.7.
      return new Problem(
        "idempotency_key_reused",
        `Another message was inserted with this ${keyField}; send this one with a key of its own, or none.`,
        { ...options, field: keyField },
      );
    case "refused":
      return new Problem(
        "queue_refused",
        "The queue refused the message; its operator has been told.",
        options,
      );
    case "unavailable": {
      const detail = (inSeconds: string) =>
        `The message could not be stored now; send it again ${inSeconds}.`;
      return retryLater("queue_unavailable", 5, detail, error);
    }
    case "timeout":
      return new Problem(
        "queue_timeout",
        "The queue did not answer in time, so the message may or may not be stored; sending it again with the same content is safe.",
        options,
      );
  }
}
