import { keyMember } from "../message/idempotency-key.ts";
import type { Push, PushResult } from "../queue/queue.ts";
import type { ActionContext } from "./action.ts";
import { asProblem } from "./as-problem.ts";
import type { InsertRequest } from "./insert-request.ts";
import type { Problem } from "./problem.ts";
import { queueDeadline } from "./queue-deadline.ts";
import type { ItemOutcome } from "./receipt.ts";

/** A message, ready to be pushed, or why it is none. */
export type Judged = Push | { readonly problem: Problem };

/** Says what becomes of each, in their order. */
export type InsertMany = (judged: readonly Judged[]) => Promise<readonly ItemOutcome[]>;

/** Puts them on the queue, as far as they are messages. */
export function pushing(
  request: Pick<InsertRequest, "deadline">,
  context: Pick<ActionContext, "queue" | "clock" | "queueTimeout">,
): InsertMany {
  const stopped = new Set<string>();
  return (judged) => {
    const deadline = queueDeadline(request, context);
    const pushed = context.queue.pushMany(judged.filter(isPush), deadline, stopped);
    return outcomesOf(judged.map(idOrProblem), pushed);
  };
}

function isPush(item: Judged): item is Push {
  return "message" in item;
}

/** What must be kept of it until the queue has told: not the message. */
function idOrProblem(item: Judged): string | Problem {
  return "problem" in item ? item.problem : item.message.id;
}

/** @param pushing tells of each that has an id, in their order */
async function outcomesOf(
  judged: readonly (string | Problem)[],
  pushing: Promise<readonly PushResult[]>,
): Promise<readonly ItemOutcome[]> {
  const results = (await pushing).values();
  const outcomes: ItemOutcome[] = [];
  for (const item of judged) {
    outcomes.push(typeof item === "string" ? outcomeOf(item, results.next().value) : rejected(item));
  }
  return outcomes;
}

function outcomeOf(id: string, result: PushResult | undefined): ItemOutcome {
  if (result?.outcome === "accepted") return { outcome: "accepted", id };
  if (result?.outcome === "duplicate") {
    const { time_created, time_uploaded } = result;
    return { outcome: "duplicate", id, time_created, time_uploaded };
  }
  const problem = asProblem(result?.error, keyMember);
  return problem.status === 504 ? { outcome: "unknown", id, problem } : rejected(problem);
}

/** Everything but the insertion. */
export function rehearsing({ queue }: Pick<ActionContext, "queue">): InsertMany {
  return async (judged) =>
    judged.map((item) => {
      if ("problem" in item) return rejected(item.problem);
      const { message } = item;
      const refusal = queue.refusal(message);
      if (refusal !== undefined) return rejected(asProblem(refusal));
      return { outcome: "accepted", id: message.id, message };
    });
}

function rejected(problem: Problem): ItemOutcome {
  return { outcome: "rejected", problem };
}
