import { acceptNames } from "../application/accept.ts";
import type { Action } from "../application/action.ts";
import { asProblem } from "../application/as-problem.ts";
import { decodeBody } from "../application/decode-body.ts";
import { emptyBody } from "../application/empty-body.ts";
import { parseJson } from "../application/parse-json.ts";
import { prefers } from "../application/prefer.ts";
import { queueDeadline } from "../application/queue-deadline.ts";
import { jsonAnswer, textAnswer } from "../application/respond.ts";
import { acceptMessage } from "../message/accept-message.ts";
import { idempotencyKey, idempotencyKeyMember, keyMember, withKey } from "../message/idempotency-key.ts";
import type { PushOutcome } from "../queue/queue.ts";

/**
 * Inserts one message: `200` once it is durable. `Prefer: dry-run` shows what would be queued instead. A repeat that
 * the queue remembers is answered as the first was, and `Idempotent-Replayed` says so.
 *
 * The Content-Type is not looked at, as habitat never did: tools that say `application/x-www-form-urlencoded` over
 * a JSON body must go on working.
 */
export const message: Action = {
  name: "message",
  methods: ["POST"],
  summary: "POST one message as a JSON object",
  async perform(request, context) {
    const { queue, clock, maxBody } = context;
    const body = await decodeBody(request, maxBody, clock);
    if (body.length === 0) throw emptyBody("a JSON object");
    const upload = parseJson(body);
    request.phases.end("parsed");

    // lighttpd passes no empty header on, so that empty must mean none.
    const header = request.headers.get("idempotency-key")?.trim() || undefined;
    const key = header === undefined ? idempotencyKeyMember(upload) : idempotencyKey(header);
    const accepted = acceptMessage(upload, { ip: request.client, now: clock.now() });
    const stored = withKey(accepted, key);
    request.phases.end("validated");

    if (prefers(request.headers.get("prefer"), "dry-run")) {
      const refusal = queue.refusal(stored);
      if (refusal !== undefined) throw refusal;
      return { ...jsonAnswer(stored), headers: { "preference-applied": "dry-run" } };
    }
    let pushed: PushOutcome;
    try {
      pushed = await queue.push(stored, queueDeadline(request, context), accepted.id);
    } catch (error) {
      throw asProblem(error, header === undefined ? keyMember : undefined);
    }
    request.phases.end("durable");

    const first = pushed.outcome === "duplicate" ? pushed : stored;
    const answer = acceptNames(request.headers.get("accept"), "application/json")
      ? jsonAnswer({ id: stored.id, time_created: first.time_created, time_uploaded: first.time_uploaded })
      : textAnswer("OK");
    return pushed.outcome === "duplicate"
      ? { ...answer, headers: { "idempotent-replayed": "true" } }
      : answer;
  },
};
