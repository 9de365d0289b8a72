import type { Action, ActionContext } from "../application/action.ts";
import { asProblem } from "../application/as-problem.ts";
import { decodeBody } from "../application/decode-body.ts";
import { inTurns } from "../application/in-turns.ts";
import type { InsertRequest } from "../application/insert-request.ts";
import { parseMany } from "../application/parse-many.ts";
import type { ParsedItem } from "../application/parsed-items.ts";
import { prefers } from "../application/prefer.ts";
import { Problem } from "../application/problem.ts";
import { type ItemOutcome, problemsOf, receipt } from "../application/receipt.ts";
import { acceptMessage } from "../message/accept-message.ts";
import { idempotencyKeyMember, keyMember, withKey } from "../message/idempotency-key.ts";
import type { Push, PushResult } from "../queue/queue.ts";

/** Messages that are pushed together: each push has a price of its own, and what waits for it is not yet on its way. */
const pushSize = 500;

/** Inserts many messages, each by itself: none suffers for another, and the receipt says what became of each. */
export const messages: Action = {
  name: "messages",
  methods: ["POST"],
  summary: "POST many messages as a JSON array, or each on a line of its own",
  async perform(request, context) {
    const { clock, maxBody, maxMessages } = context;
    const body = await decodeBody(request, maxBody);
    const items = parseMany(body, request.headers.get("content-type"), maxMessages);
    request.phases.end("parsed");

    const dryRun = prefers(request.headers.get("prefer"), "dry-run");
    const insert = dryRun ? rehearsal(context) : insertion(request, context);
    // The other half of the time is the queue's, and the answer's: what was not stored shall be said in time.
    const now = clock.monotonic();
    const until = now + (request.deadline - now) / 2;
    const inserted: Promise<readonly ItemOutcome[]>[] = [];
    let gathered: Judged[] = [];
    for await (const judged of inTurns(judgements(items, request, context), clock, until)) {
      gathered.push(...judged);
      if (gathered.length < pushSize) continue;
      inserted.push(insert(gathered));
      gathered = [];
    }
    inserted.push(insert(gathered));
    request.phases.end("validated");

    const outcomes = (await Promise.all(inserted)).flat();
    while (outcomes.length < items.count) outcomes.push(notReached);
    // Once for all of them: what kept one from the queue kept the others too.
    const failure = problemsOf(outcomes).find(({ status }) => status >= 500);
    if (failure !== undefined) context.onProblem(failure, request);
    const answer = receipt(outcomes);
    if (!dryRun) request.phases.end("durable");
    return dryRun ? { ...answer, headers: { ...answer.headers, "preference-applied": "dry-run" } } : answer;
  },
};

/** A message, ready to be pushed, or why it is none. */
type Judged = Push | { readonly problem: Problem };

function* judgements(
  items: Iterable<ParsedItem>,
  request: InsertRequest,
  { clock }: ActionContext,
): Iterable<Judged> {
  for (const item of items) {
    if ("problem" in item) yield item;
    else yield judge(item.value, { ip: request.client, now: clock.now() });
  }
}

function judge(upload: unknown, context: Parameters<typeof acceptMessage>[1]): Judged {
  try {
    const key = idempotencyKeyMember(upload);
    const message = acceptMessage(upload, context);
    return { message: withKey(message, key), contentId: message.id };
  } catch (error) {
    return { problem: asProblem(error) };
  }
}

function insertion(request: InsertRequest, { queue, clock, queueTimeout }: ActionContext) {
  return async (judged: readonly Judged[]): Promise<readonly ItemOutcome[]> => {
    const deadline = Math.min(request.deadline, clock.monotonic() + queueTimeout);
    const pushes = judged.filter((item) => "message" in item);
    const results = (await queue.pushMany(pushes, deadline)).values();
    return judged.map((item) =>
      "problem" in item ? rejected(item.problem) : outcomeOf(item.message.id, results.next().value),
    );
  };
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
function rehearsal({ queue }: ActionContext) {
  return async (judged: readonly Judged[]): Promise<readonly ItemOutcome[]> =>
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

const notReached = rejected(
  new Problem(
    503,
    "out_of_time",
    "There was no time left to look at the message, so it is not stored; send it again, with fewer others.",
    { headers: { "retry-after": "5" } },
  ),
);
