import type { InsertStatus } from "./insert-request.ts";
import { type Problem, type ProblemDetails, problemDetails } from "./problem.ts";
import { type Answer, jsonAnswer } from "./respond.ts";

/** What became of one of many messages. */
export type ItemOutcome =
  | { readonly outcome: "accepted"; readonly id: string; readonly message?: unknown }
  /** Not stored. The problem's status says whether sending it again can help. */
  | { readonly outcome: "rejected"; readonly problem: Problem }
  /** It may or may not be stored; sending it again is safe. */
  | { readonly outcome: "unknown"; readonly id: string; readonly problem: Problem };

type Result =
  | { readonly index: number; readonly outcome: "accepted"; readonly id: string; readonly message?: unknown }
  | {
      readonly index: number;
      readonly outcome: "rejected" | "unknown";
      readonly id?: string;
      readonly problem: ProblemDetails;
    };

/** The answer to a request with many messages: one result for each, in their order. */
export function receipt(outcomes: readonly ItemOutcome[]): Answer {
  const count = (outcome: ItemOutcome["outcome"]) =>
    outcomes.filter((item) => item.outcome === outcome).length;
  const accepted = count("accepted");
  const results = outcomes.map(
    (item, index): Result =>
      item.outcome === "accepted"
        ? { index, ...item }
        : { index, ...item, problem: problemDetails(item.problem) },
  );
  const answer = jsonAnswer({ accepted, rejected: count("rejected"), results }, statusOf(outcomes, accepted));
  const retryAfter = accepted === 0 ? firstRetryAfter(outcomes) : undefined;
  return retryAfter === undefined ? answer : { ...answer, headers: { "retry-after": retryAfter } };
}

/** `200` when all are accepted, `207` when some are, else what kept the most hopeful of them away. */
function statusOf(outcomes: readonly ItemOutcome[], accepted: number): InsertStatus {
  if (accepted === outcomes.length) return 200;
  if (accepted > 0) return 207;
  if (outcomes.some(({ outcome }) => outcome === "unknown")) return 504;
  return problems(outcomes).find(({ status }) => status >= 500)?.status ?? 400;
}

function firstRetryAfter(outcomes: readonly ItemOutcome[]): string | undefined {
  return problems(outcomes).find(({ headers }) => headers["retry-after"] !== undefined)?.headers[
    "retry-after"
  ];
}

function problems(outcomes: readonly ItemOutcome[]): readonly Problem[] {
  return outcomes.flatMap((item) => (item.outcome === "accepted" ? [] : [item.problem]));
}
