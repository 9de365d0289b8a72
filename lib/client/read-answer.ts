import * as z from "zod/mini";
import type { GatewayAnswer } from "./gateway.ts";
import type { ProblemReport, Result, Verdict } from "./outcome.ts";
import { parsedJson } from "./parsed-json.ts";
import { readRetryAfter } from "./retry-after.ts";

const problemSchema = z.object({
  status: z.number(),
  detail: z.string(),
  code: z.optional(z.string()),
  field: z.optional(z.string()),
});

/** A gateway tells the first problems of a receipt in full, and of the rest what a program goes by. */
const itemProblemSchema = z.extend(problemSchema, { detail: z.optional(z.string()) });

const receiptSchema = z.object({
  results: z.array(
    z.discriminatedUnion("outcome", [
      z.object({ index: z.number(), outcome: z.literal("accepted") }),
      z.object({ index: z.number(), outcome: z.literal("duplicate") }),
      z.object({ index: z.number(), outcome: z.literal("rejected"), problem: itemProblemSchema }),
      z.object({ index: z.number(), outcome: z.literal("unknown"), problem: itemProblemSchema }),
    ]),
  ),
});

/** RFC 9110 §15.6.2: the server takes a POST for nothing at all. No gateway says that. */
const notImplemented = 501;

/** What statuses mean that no gateway answers with. */
const details: ReadonlyMap<number, string> = new Map([
  [407, "a proxy on the way asks for a user name and password, or for different ones"],
]);

type Receipt = z.output<typeof receiptSchema>;

/**
 * What an answer says of the messages of a request.
 *
 * A status of success alone says nothing: what is no receipt comes from something in between, such as the sign-in page of
 * a guest network, and is like no answer at all. So is, with such a status, a receipt of other messages.
 *
 * @param count messages in the request
 * @param now Unix time in milliseconds
 */
export function readAnswer(answer: GatewayAnswer, count: number, now: number): Verdict {
  const body = parsedJson(answer.body);
  const retryAfter = readRetryAfter(answer.headers.get("retry-after"), now);
  const receipt = z.safeParse(receiptSchema, body);
  if (receipt.success && isOf(receipt.data, count)) {
    return { verdict: "receipt", results: resultsOf(receipt.data, count), retryAfter };
  }

  const { status } = answer;
  const problem = z.safeParse(problemSchema, body);
  const detail = problem.success ? problem.data.detail : details.get(status);
  if (status === 413) {
    return {
      verdict: "too_large",
      problem: problem.success ? problem.data : { status, detail: "The gateway says it is too large." },
    };
  }
  // Of 503 a gateway says that it has stored nothing; from something in between it may be of an answer that came too late.
  const mayBeStored = status < 300 || (status >= 500 && !(status === 503 && problem.success));
  if (status < 300) {
    const reason = `status ${status} without a receipt, so it may not be a gateway`;
    return { verdict: "again", reason, retryAfter, mayBeStored };
  }
  const location = answer.headers.get("location");
  const reason = `status ${status}${detail === undefined ? "" : `: ${detail}`}${location === undefined ? "" : `, to ${location}`}`;
  return isWorthRetrying(status) && status !== notImplemented
    ? { verdict: "again", reason, retryAfter, mayBeStored }
    : { verdict: "refused", reason };
}

/** A receipt names each message of its request once at most, and no others: one that does not is of another request. */
function isOf({ results }: Receipt, count: number): boolean {
  const indexes = new Set(results.map(({ index }) => index));
  return (
    indexes.size === results.length &&
    results.every(({ index }) => Number.isInteger(index) && index >= 0 && index < count)
  );
}

function resultsOf({ results }: Receipt, count: number): readonly Result[] {
  const byIndex = new Map(results.map((result) => [result.index, result]));
  return Array.from({ length: count }, (_, index): Result => {
    const result = byIndex.get(index);
    if (result === undefined) return { outcome: "again", problem: missing, mayBeStored: true };
    if (result.outcome === "accepted" || result.outcome === "duplicate") return { outcome: result.outcome };
    const problem = inFull(result.problem);
    const mayBeStored = result.outcome === "unknown";
    const again = mayBeStored || isWorthRetrying(problem.status);
    return again ? { outcome: "again", problem, mayBeStored } : { outcome: "rejected", problem };
  });
}

function inFull(problem: z.output<typeof itemProblemSchema>): ProblemReport {
  const { status, code = `status ${status}`, field } = problem;
  return { ...problem, detail: problem.detail ?? (field === undefined ? code : `${code}: ${field}`) };
}

const missing: ProblemReport = { status: 500, detail: "The receipt does not mention the message." };

/** 4xx is what the sender must mend, but for a sender that was too slow or too fast. */
function isWorthRetrying(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}
