import { setImmediate as turn } from "node:timers/promises";
import type { Action, ActionContext } from "../application/action.ts";
import { asProblem } from "../application/as-problem.ts";
import { decodeBody } from "../application/decode-body.ts";
import type { InsertRequest } from "../application/insert-request.ts";
import { type ParsedItem, parseMany } from "../application/parse-many.ts";
import { prefers } from "../application/prefer.ts";
import { type ItemOutcome, problemsOf, receipt } from "../application/receipt.ts";
import { acceptMessage } from "../message/accept-message.ts";
import { idempotencyKeyMember, withKey } from "../message/idempotency-key.ts";
import type { Message } from "../message/message-types.ts";

/** Messages that are validated in one turn of the event loop: other clients wait no longer than for these. */
const turnSize = 100;

/** Inserts many messages, each by itself: none suffers for another, and the receipt says what became of each. */
export const messages: Action = {
  name: "messages",
  methods: ["POST"],
  summary: "POST many messages as a JSON array, or each on a line of its own",
  async perform(request, context) {
    const body = await decodeBody(request, context.maxBody);
    const items = parseMany(body, request.headers.get("content-type"));
    request.phases.end("parsed");

    const dryRun = prefers(request.headers.get("prefer"), "dry-run");
    const insert = dryRun ? wouldInsert : insertion(request, context);
    const outcomes: Promise<ItemOutcome>[] = [];
    for (const item of items) {
      outcomes.push(insert(accepted(item, request, context)));
      if (outcomes.length % turnSize === 0) await turn();
    }
    request.phases.end("validated");

    const settled = await Promise.all(outcomes);
    // Once for all of them: what kept one from the queue kept the others too.
    const failure = problemsOf(settled).find(({ status }) => status >= 500);
    if (failure !== undefined) context.onProblem(failure, request);
    const answer = receipt(settled);
    if (!dryRun) request.phases.end("durable");
    return dryRun ? { ...answer, headers: { ...answer.headers, "preference-applied": "dry-run" } } : answer;
  },
};

type Accepted =
  | { readonly message: Message; readonly contentId: string }
  | { readonly rejected: ItemOutcome };

function accepted(item: ParsedItem, request: InsertRequest, { clock }: ActionContext): Accepted {
  if ("problem" in item) return { rejected: { outcome: "rejected", problem: item.problem } };
  try {
    const key = idempotencyKeyMember(item.value);
    const message = acceptMessage(item.value, { ip: request.client, now: clock.now() });
    return { message: withKey(message, key), contentId: message.id };
  } catch (error) {
    return { rejected: { outcome: "rejected", problem: asProblem(error) } };
  }
}

function insertion(request: InsertRequest, { queue, clock, queueTimeout }: ActionContext) {
  const deadline = Math.min(request.deadline, clock.monotonic() + queueTimeout);
  return async (item: Accepted): Promise<ItemOutcome> => {
    if ("rejected" in item) return item.rejected;
    const { id } = item.message;
    try {
      const pushed = await queue.push(item.message, deadline, item.contentId);
      if (pushed.outcome === "accepted") return { outcome: "accepted", id };
      const { time_created, time_uploaded } = pushed;
      return { outcome: "duplicate", id, time_created, time_uploaded };
    } catch (error) {
      const problem = asProblem(error);
      return problem.status === 504 ? { outcome: "unknown", id, problem } : { outcome: "rejected", problem };
    }
  };
}

async function wouldInsert(item: Accepted): Promise<ItemOutcome> {
  return "rejected" in item
    ? item.rejected
    : { outcome: "accepted", id: item.message.id, message: item.message };
}
