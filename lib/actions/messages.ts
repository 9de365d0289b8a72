import type { Action, ActionContext } from "../application/action.ts";
import { asProblem } from "../application/as-problem.ts";
import { decodeBody } from "../application/decode-body.ts";
import type { InsertRequest } from "../application/insert-request.ts";
import { parseMany } from "../application/parse-many.ts";
import type { ParsedItem } from "../application/parsed-items.ts";
import { prefers } from "../application/prefer.ts";
import { Problem } from "../application/problem.ts";
import { type ItemOutcome, problemsOf, receipt } from "../application/receipt.ts";
import { Turns } from "../application/turns.ts";
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
    const insertion = new Insertion(
      request,
      context,
      dryRun ? rehearsal(context) : pushing(request, context),
    );
    // The other half of the time is the queue's, and the answer's: what was not stored shall be said in time.
    const now = clock.monotonic();
    await insertion.take(items.groups, new Turns(clock, now + (request.deadline - now) / 2));
    request.phases.end("validated");

    const outcomes = await insertion.outcomes();
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

/** Says what becomes of each, in their order. */
type Insert = (judged: readonly Judged[]) => Promise<readonly ItemOutcome[]>;

/**
 * The messages of one request on their way to the queue, some at a time. Of thousands, most should be garbage before the
 * next come: what V8 has to keep it copies, and twice.
 */
class Insertion {
  readonly #request: InsertRequest;
  readonly #context: ActionContext;
  readonly #insert: Insert;
  readonly #inserted: Promise<readonly ItemOutcome[]>[] = [];
  #gathered: Judged[] = [];

  constructor(request: InsertRequest, context: ActionContext, insert: Insert) {
    this.#request = request;
    this.#context = context;
    this.#insert = insert;
  }

  /** Takes as many of them as there is time for. */
  async take(groups: Iterable<Iterable<ParsedItem>>, turns: Turns): Promise<void> {
    for (const group of groups) {
      for (const item of group) {
        this.#gathered.push("problem" in item ? item : this.#judge(item.value));
        if (this.#gathered.length === pushSize) this.#insertGathered();
        if (turns.isOver && !(await turns.next())) return;
      }
    }
  }

  /** Of all that were taken, in their order. */
  async outcomes(): Promise<ItemOutcome[]> {
    this.#insertGathered();
    return (await Promise.all(this.#inserted)).flat();
  }

  #insertGathered(): void {
    this.#inserted.push(this.#insert(this.#gathered));
    this.#gathered = [];
  }

  #judge(upload: unknown): Judged {
    try {
      const key = idempotencyKeyMember(upload);
      const message = acceptMessage(upload, { ip: this.#request.client, now: this.#context.clock.now() });
      return { message: withKey(message, key), contentId: message.id };
    } catch (error) {
      return { problem: asProblem(error) };
    }
  }
}

function pushing(request: InsertRequest, { queue, clock, queueTimeout }: ActionContext): Insert {
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
function rehearsal({ queue }: ActionContext): Insert {
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

const notReached = rejected(
  new Problem(
    503,
    "out_of_time",
    "There was no time left to look at the message, so it is not stored; send it again, with fewer others.",
    { headers: { "retry-after": "5" } },
  ),
);
