import type { InsertStatus } from "./insert-status.ts";
import { type Problem, problemDetails } from "./problem.ts";
import { type Answer, jsonAnswer } from "./respond.ts";

/** What became of one of many messages. */
export type ItemOutcome =
  | { readonly outcome: "accepted"; readonly id: string; readonly message?: unknown }
  /** It had been stored before, with these times, and is not queued again. */
  | {
      readonly outcome: "duplicate";
      readonly id: string;
      readonly time_created: number;
      readonly time_uploaded: number;
    }
  /** Not stored. The problem's status says whether sending it again can help. */
  | { readonly outcome: "rejected"; readonly problem: Problem }
  /** It may or may not be stored; sending it again is safe. */
  | { readonly outcome: "unknown"; readonly id: string; readonly problem: Problem };

/** Problems that a receipt tells in full. Later ones are mostly the same, and a gateway bounds what an answer may take. */
const toldInFull = 500;

/** The answer to a request with many messages: one result for each, in their order. */
export function receipt(outcomes: readonly ItemOutcome[]): Answer {
  const counts = { accepted: 0, duplicate: 0, rejected: 0, unknown: 0 };
  for (const { outcome } of outcomes) counts[outcome] += 1;
  const { accepted, duplicate, rejected, unknown } = counts;
  const told = {
    accepted,
    // Named only where there are any: most never meet them.
    ...(duplicate === 0 ? {} : { duplicate }),
    rejected,
    ...(unknown === 0 ? {} : { unknown }),
  };
  const durable = accepted + duplicate;
  const answer = {
    ...jsonAnswer({ ...told, results: results(outcomes) }, statusOf(outcomes, durable)),
    summary: { problem: gravestOf(outcomes)?.code, results: told },
  };
  const retryAfter = durable === 0 ? firstRetryAfter(outcomes) : undefined;
  return retryAfter === undefined ? answer : { ...answer, headers: { "retry-after": retryAfter } };
}

/** The first that is our fault, which kept others from the queue too; else the first. */
export function gravestOf(outcomes: readonly ItemOutcome[]): Problem | undefined {
  const problems = problemsOf(outcomes);
  return problems.find(({ status }) => status >= 500) ?? problems[0];
}

/** What kept some of them from being stored for certain, in their order. */
function problemsOf(outcomes: readonly ItemOutcome[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const item of outcomes) if ("problem" in item) problems.push(item.problem);
  return problems;
}

/** The index first, for people. */
function results(outcomes: readonly ItemOutcome[]): readonly object[] {
  const told: object[] = [];
  let problems = 0;
  for (const [index, item] of outcomes.entries()) {
    if ("problem" in item) {
      problems += 1;
      const tell = problems <= toldInFull ? problemDetails : problemInShort;
      told.push({ index, ...item, problem: tell(item.problem) });
    } else {
      told.push({ index, ...item });
    }
  }
  return told;
}

/** What a program goes by. */
function problemInShort({ status, code, field }: Problem): object {
  return { status, code, ...(field === undefined ? {} : { field }) };
}

/** `200` when all are durable, `207` when some are, else what kept the most hopeful of them away. */
function statusOf(outcomes: readonly ItemOutcome[], durable: number): InsertStatus {
  if (durable === outcomes.length) return 200;
  if (durable > 0) return 207;
  if (outcomes.some(({ outcome }) => outcome === "unknown")) return 504;
  return problemsOf(outcomes).find(({ status }) => status >= 500)?.status ?? 400;
}

function firstRetryAfter(outcomes: readonly ItemOutcome[]): string | undefined {
  return problemsOf(outcomes).find(({ headers }) => headers["retry-after"] !== undefined)?.headers[
    "retry-after"
  ];
}
