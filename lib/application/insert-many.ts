import { keyMember } from "../message/idempotency-key.ts";
import type { Push, PushResult } from "../queue/queue.ts";
import type { ActionContext } from "./action.ts";
import { asProblem } from "./as-problem.ts";
import type { InsertRequest } from "./insert-request.ts";
import type { Problem } from "./problem.ts";
import type { ItemOutcome } from "./receipt.ts";

/** A message, ready to be pushed, or why it is none. */
export type Judged = Push | { readonly problem: Problem };

/** Says what becomes of each, in their order. */
export type InsertMany = (judged: readonly Judged[]) => Promise<readonly ItemOutcome[]>;

/** Puts them on the queue, as far as they are messages. */
export function pushing(
  request: Pick<InsertRequest, "deadline">,
  { queue, clock, queueTimeout }: Pick<ActionContext, "queue" | "clock" | "queueTimeout">,
): InsertMany {
  return (judged) => {
    const deadline = Math.min(request.deadline, clock.monotonic() + queueTimeout);
    return settled(judged.map(hopedFor), queue.pushMany(judged.filter(isPush), deadline));
  };
}

function isPush(item: Judged): item is Push {
  return "message" in item;
}

/** What becomes of it unless the queue says otherwise. The message itself need not be kept for that. */
function hopedFor(item: Judged): ItemOutcome {
  return "problem" in item ? rejected(item.problem) : { outcome: "accepted", id: item.message.id };
}

/** @param results of those that are hoped to be accepted, in their order */
async function settled(
  outcomes: ItemOutcome[],
  results: Promise<readonly PushResult[]>,
): Promise<readonly ItemOutcome[]> {
  const pushed = (await results).values();
  for (const [index, hoped] of outcomes.entries()) {
    if (hoped.outcome !== "accepted") continue;
    const result = pushed.next().value;
    if (result?.outcome !== "accepted") outcomes[index] = otherOutcome(hoped.id, result);
  }
  return outcomes;
}

function otherOutcome(
  id: string,
  result: Exclude<PushResult, { readonly outcome: "accepted" }> | undefined,
): ItemOutcome {
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
