import { Problem } from "./problem.ts";
import type { ProblemCode } from "./problem-codes.ts";

/**
 * What time mends, if the client comes again.
 *
 * @param seconds after which it should
 * @param detail as of any problem; to be given the seconds in words
 */
export function retryLater(
  code: ProblemCode,
  seconds: number,
  detail: (inSeconds: string) => string,
  cause?: unknown,
): Problem {
  const headers = { "retry-after": String(seconds) };
  return new Problem(code, detail(`in ${seconds} seconds`), { headers, cause });
}
