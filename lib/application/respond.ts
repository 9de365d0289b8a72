import type { InsertResponse } from "./insert-request.ts";
import type { InsertStatus } from "./insert-status.ts";
import type { Phases } from "./phases.ts";
import { type Problem, problemDetails } from "./problem.ts";
import type { Summary } from "./summary.ts";

/** An answer before it is dressed as a response: what an action returns. */
export interface Answer {
  readonly status: InsertStatus;
  readonly contentType: string;
  readonly body: string;
  /** Further headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly summary?: Summary;
}

/** What of a request its response repeats. */
export interface Answerable {
  readonly id: string;
  readonly phases: Phases;
}

export function textAnswer(body: string): Answer {
  return { status: 200, contentType: "text/plain", body };
}

export function jsonAnswer(value: unknown, status: InsertStatus = 200): Answer {
  return { status, contentType: "application/json", body: JSON.stringify(value) };
}

export function respond(answer: Answer, request: Answerable): InsertResponse {
  const headers = {
    "content-type": answer.contentType,
    "x-request-id": request.id,
    "server-timing": request.phases.serverTiming(),
  };
  return {
    status: answer.status,
    headers: answer.headers === undefined ? headers : { ...answer.headers, ...headers },
    body: answer.body,
    summary: answer.summary,
  };
}

export function problemResponse(problem: Problem, request: Answerable): InsertResponse {
  return respond(
    {
      status: problem.status,
      contentType: "application/problem+json",
      body: JSON.stringify(problemDetails(problem)),
      headers: problem.headers,
      summary: { problem: problem.code },
    },
    request,
  );
}
