import type { Clock } from "../message/clock.ts";
import type { Queue } from "../queue/queue.ts";
import type { InsertRequest } from "./insert-request.ts";
import type { Problem } from "./problem.ts";
import type { Answer } from "./respond.ts";

/** The methods that actions serve. HEAD is served wherever GET is, by the application. */
export type ActionMethod = "GET" | "POST";

/** Something that a client may ask for: one file in `lib/actions/`. Knows no transport. */
export interface Action {
  /** What follows the prefix in the path, without slashes around it; "" is `/`. */
  readonly name: string;
  readonly methods: readonly ActionMethod[] | "any";
  /** What it does, for people: one line. */
  readonly summary: string;
  /** @throws {Problem} or an error that `asProblem` knows, when the answer is no */
  perform(request: InsertRequest, context: ActionContext): Promise<Answer> | Answer;
}

/** What the application lends to its actions. */
export interface ActionContext {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly actions: readonly Action[];
  /** Bytes that a body may have once its Content-Encoding is undone. */
  readonly maxBody: number;
  /** Messages that one request may have. */
  readonly maxMessages: number;
  /** Milliseconds that a request waits for the queue, within its own deadline. */
  readonly queueTimeout: number;
  /** Tells the operator of a problem that the action answers by itself instead of throwing it: of many, of the gravest. */
  readonly onProblem: (problem: Problem, request: InsertRequest) => void;
}
