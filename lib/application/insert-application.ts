import type { Clock } from "../message/clock.ts";
import type { Queue } from "../queue/queue.ts";
import type { Action, ActionContext } from "./action.ts";
import { actionName } from "./action-path.ts";
import { asProblem } from "./as-problem.ts";
import { bodyTooLarge } from "./body-too-large.ts";
import type { InsertHandler, InsertRequest, InsertResponse } from "./insert-request.ts";
import { Problem } from "./problem.ts";
import { type Answer, problemResponse, respond } from "./respond.ts";

/** Milliseconds that a request waits for the queue, unless told. */
export const defaultQueueTimeout = 5_000;

export interface InsertApplicationOptions {
  readonly queue: Queue;
  readonly actions: readonly Action[];
  readonly clock: Clock;
  /** Bytes that a body may have once its Content-Encoding is undone. Default 1 MiB. */
  readonly maxBody?: number;
  /** Messages that one request may have, at least 1. Default 10,000: their receipt takes a megabyte. */
  readonly maxMessages?: number;
  /** Milliseconds that a request waits for the queue, never more than its own deadline leaves. Default 5,000. */
  readonly queueTimeout?: number;
  /** Told of every answer that is a problem, with its cause; a 5xx shows its cause to nobody else. */
  readonly onProblem?: (problem: Problem, request: InsertRequest) => void;
}

/**
 * The core. Decides what a request means and answers it; knows nothing of sockets, events or protocols, so the
 * same request has the same answer through every door.
 */
export class InsertApplication implements InsertHandler {
  readonly #actions: ReadonlyMap<string, Action>;
  readonly #context: ActionContext;

  constructor(options: InsertApplicationOptions) {
    this.#actions = new Map(options.actions.map((action) => [action.name, action]));
    this.#context = {
      queue: options.queue,
      clock: options.clock,
      actions: options.actions,
      maxBody: options.maxBody ?? 1_048_576,
      maxMessages: options.maxMessages ?? 10_000,
      queueTimeout: options.queueTimeout ?? defaultQueueTimeout,
      onProblem: options.onProblem ?? (() => {}),
    };
  }

  async handle(request: InsertRequest): Promise<InsertResponse> {
    let response: InsertResponse;
    try {
      response = respond(await this.#perform(request), request);
    } catch (error) {
      const problem = asProblem(error);
      this.#context.onProblem(problem, request);
      response = problemResponse(problem, request);
    }
    // RFC 9110 §9.3.2: the same header fields, no content.
    return request.method === "HEAD" ? { ...response, body: "" } : response;
  }

  #perform(request: InsertRequest): Promise<Answer> | Answer {
    // Also where nobody would read it: sockets refuse it before they know what it is for.
    if (request.body.length > this.#context.maxBody) throw bodyTooLarge(this.#context.maxBody);
    const action = this.#actions.get(actionName(request.path, request.prefix, this.#actions));
    if (action === undefined) {
      const known = [...this.#actions.keys()].map((name) => `/${name}`).join(", ");
      throw new Problem("unknown_action", `Action not found. Try one of these: ${known}`);
    }
    if (!serves(action, request.method)) {
      const allow = allowedMethods(action).join(", ");
      throw new Problem(
        "method_not_allowed",
        `/${action.name} takes ${allow}, not ${shown(request.method)}.`,
        {
          headers: { allow },
        },
      );
    }
    return action.perform(request, this.#context);
  }
}

function serves(action: Action, method: string): boolean {
  if (action.methods === "any") return true;
  return action.methods.some((served) => served === method || (served === "GET" && method === "HEAD"));
}

function allowedMethods(action: Action): readonly string[] {
  if (action.methods === "any") return [];
  return action.methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

/** A method is any token that a client makes up: what is repeated of it is bounded. */
function shown(method: string): string {
  return method.length <= 20 ? method : `${method.slice(0, 20)}…`;
}
