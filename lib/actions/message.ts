import { acceptNames } from "../application/accept.ts";
import type { Action } from "../application/action.ts";
import { decodeBody } from "../application/decode-body.ts";
import { parseJson } from "../application/parse-json.ts";
import { prefers } from "../application/prefer.ts";
import { jsonAnswer, textAnswer } from "../application/respond.ts";
import { acceptMessage } from "../message/accept-message.ts";
import { idempotencyKey } from "../message/idempotency-key.ts";

/**
 * Inserts one message: `200` once it is durable. `Prefer: dry-run` shows what would be queued instead.
 *
 * The Content-Type is not looked at, as habitat never did: tools that say `application/x-www-form-urlencoded` over
 * a JSON body must go on working.
 */
export const message: Action = {
  name: "message",
  methods: ["POST"],
  summary: "POST one message as a JSON object",
  async perform(request, { queue, clock, maxBody, queueTimeout }) {
    const body = await decodeBody(request.body, request.headers.get("content-encoding"), maxBody);
    const upload = parseJson(body);
    request.phases.end("parsed");

    const key = request.headers.get("idempotency-key");
    const stored = acceptMessage(upload, {
      ip: request.client,
      now: clock.now(),
      ...(key === undefined ? {} : { idempotencyKey: idempotencyKey(key) }),
    });
    request.phases.end("validated");

    if (prefers(request.headers.get("prefer"), "dry-run")) {
      return { ...jsonAnswer(stored), headers: { "preference-applied": "dry-run" } };
    }
    await queue.push(stored, Math.min(request.deadline, clock.monotonic() + queueTimeout));
    request.phases.end("durable");

    if (!acceptNames(request.headers.get("accept"), "application/json")) return textAnswer("OK");
    const { id, time_created, time_uploaded } = stored;
    return jsonAnswer({ id, time_created, time_uploaded });
  },
};
