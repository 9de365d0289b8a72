import type { Action, ActionContext } from "../application/action.ts";
import { asProblem } from "../application/as-problem.ts";
import { atMost } from "../application/at-most.ts";
import { decodeBody } from "../application/decode-body.ts";
import { type InsertMany, type Judged, pushing, rehearsing } from "../application/insert-many.ts";
import type { InsertRequest } from "../application/insert-request.ts";
import { parseMany } from "../application/parse-many.ts";
import type { ParsedItem, ParsedItems } from "../application/parsed-items.ts";
import { prefers } from "../application/prefer.ts";
import type { Problem } from "../application/problem.ts";
import { gravestOf, type ItemOutcome, receipt } from "../application/receipt.ts";
import type { Answer } from "../application/respond.ts";
import { retryLater } from "../application/retry-later.ts";
import { Turns } from "../application/turns.ts";
import { acceptMessage } from "../message/accept-message.ts";
import { idempotencyKeyMember, withKey } from "../message/idempotency-key.ts";

/** Messages that are pushed together: each push has a price of its own, and what waits for it is not yet on its way. */
const pushSize = 500;

/** Messages of a request that waits for no other: they take about a millisecond. */
const few = 100;

/**
 * Room for larger requests, each of which takes as much as it has messages, and one push's worth at most: while one waits for the
 * queue, another is looked at. With all at once, each would take as long as all together and hold several times its body
 * meanwhile, and single messages, which wait for a turn of each, would be a seventh as many.
 */
const inTurn = atMost(2 * pushSize);

/** How much of its time a request waits for others: what is not even begun shall be told in time that it is not stored. */
const atMostWaiting = 0.9;

/** Inserts many messages, each by itself: none suffers for another, and the receipt says what became of each. */
export const messages: Action = {
  name: "messages",
  methods: ["POST"],
  summary: "POST many messages as a JSON array, or each on a line of its own",
  async perform(request, context) {
    const { clock, maxBody, maxMessages } = context;
    const body = await decodeBody(request, maxBody, clock);
    const items = parseMany(body, request.headers.get("content-type"), maxMessages);
    request.phases.end("parsed");

    if (items.count <= few) return insertAll(items, request, context);
    const patience = new AbortController();
    const timer = setTimeout(
      () => patience.abort(outOfTime()),
      atMostWaiting * (request.deadline - clock.monotonic()),
    );
    try {
      return await inTurn(
        async () => {
          // The timer may be late.
          if (clock.monotonic() >= request.deadline) throw outOfTime();
          return insertAll(items, request, context);
        },
        Math.min(items.count, pushSize),
        patience.signal,
      );
    } finally {
      clearTimeout(timer);
    }
  },
};

async function insertAll(
  items: ParsedItems,
  request: InsertRequest,
  context: ActionContext,
): Promise<Answer> {
  const { clock } = context;
  const dryRun = prefers(request.headers.get("prefer"), "dry-run");
  const insertion = new Insertion(request, context, dryRun ? rehearsing(context) : pushing(request, context));
  // The other half of the time is the queue's, and the answer's: what was not stored shall be said in time.
  const now = clock.monotonic();
  await insertion.take(items.groups, new Turns(clock, now + (request.deadline - now) / 2));
  request.phases.end("validated");

  const outcomes = await insertion.outcomes();
  while (outcomes.length < items.count) outcomes.push(notReached);
  // Once for all of them: what kept one from the queue kept the others too.
  const problem = gravestOf(outcomes);
  if (problem !== undefined) context.onProblem(problem, request);
  const answer = receipt(outcomes);
  if (!dryRun) {
    request.phases.end("durable");
    return answer;
  }
  const headers = { ...answer.headers, "preference-applied": "dry-run" };
  // None of them has come to anything.
  return { ...answer, headers, summary: { problem: answer.summary?.problem } };
}

/**
 * The messages of one request on their way to the queue, some at a time. Of thousands, most should be garbage before the
 * next come: what V8 has to keep it copies, and twice.
 *
 * What is done for each is done by methods, not by closures or generators of the request's own: V8 keeps the optimised code of a
 * function no longer than the function, and compiled theirs again for each request.
 */
class Insertion {
  readonly #request: InsertRequest;
  readonly #context: ActionContext;
  readonly #insert: InsertMany;
  readonly #inserted: Promise<readonly ItemOutcome[]>[] = [];
  #gathered: Judged[] = [];

  constructor(request: InsertRequest, context: ActionContext, insert: InsertMany) {
    this.#request = request;
    this.#context = context;
    this.#insert = insert;
  }

  /** Takes as many of them as there is time for. */
  async take(groups: Iterable<Iterable<ParsedItem>>, turns: Turns): Promise<void> {
    await this.#gather(groups, turns);
    this.#insertGathered();
  }

  /** Of all that were taken, in their order. */
  async outcomes(): Promise<ItemOutcome[]> {
    return (await Promise.all(this.#inserted)).flat();
  }

  async #gather(groups: Iterable<Iterable<ParsedItem>>, turns: Turns): Promise<void> {
    for (const group of groups) {
      for (const item of group) {
        this.#gathered.push("problem" in item ? item : this.#judge(item.value));
        if (this.#gathered.length === pushSize) this.#insertGathered();
        if (turns.isOver && !(await turns.next())) return;
      }
    }
  }

  #insertGathered(): void {
    if (this.#gathered.length === 0) return;
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

function outOfTime(): Problem {
  return retryLater(
    "out_of_time",
    5,
    (inSeconds) =>
      `There was no time left to look at the message, so it is not stored; send it again ${inSeconds}, with fewer others.`,
  );
}

const notReached: ItemOutcome = { outcome: "rejected", problem: outOfTime() };
