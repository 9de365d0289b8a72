import { Problem } from "../application/problem.ts";
import type { ProblemCode } from "../application/problem-codes.ts";
import { retryLater } from "../application/retry-later.ts";

// What a door answers by itself, in the same words through each of them.

/** The bytes are not the protocol. @param code the protocol's own word for what is wrong */
export function malformed(code: ProblemCode, detail: string): Problem {
  return new Problem(code, detail);
}

/** The path is what routes a request, so one that cannot be read cannot be guessed at. */
export function undecodableTarget(): Problem {
  return malformed(
    "invalid_target",
    "The path cannot be decoded; percent-encode everything that is not ASCII, in the query too, and percent signs themselves.",
  );
}

export function requestTimedOut(timeout: number): Problem {
  const detail = `The request did not arrive whole within ${timeout / 1000} seconds; send it again, faster.`;
  return new Problem("request_timeout", detail);
}

export function headersTooLarge(maxHeaderBytes: number): Problem {
  const detail = `The headers may have at most ${maxHeaderBytes} bytes together; send fewer or shorter ones.`;
  return new Problem("headers_too_large", detail);
}

export function tooManyHeaders(maxHeaders: number): Problem {
  return new Problem("too_many_headers", `There may be at most ${maxHeaders} headers; send fewer.`);
}

/** Each takes as long as thousands of bytes. Only HTTP has them: a web server in front of SCGI puts them together. */
export function tooManyChunks(): Problem {
  return new Problem("too_many_chunks", "The body is in too many chunks; send fewer and larger ones.");
}

export function tooManyConnections(): Problem {
  const detail = (inSeconds: string) => `There are too many connections now; try again ${inSeconds}.`;
  return retryLater("too_many_connections", 2, detail);
}

/** The handler did not answer by the deadline, so it is not known what becomes of the request. */
export function answerTimedOut(timeout: number): Problem {
  return new Problem(
    "answer_timeout",
    `There was no answer within ${timeout / 1000} seconds, so the message may or may not be stored; sending it again with the same content is safe.`,
  );
}
