import type { InsertStatus } from "./insert-status.ts";
import { statusText } from "./status-text.ts";

/** A status that is an error. */
export type ProblemStatus = Exclude<InsertStatus, 200 | 207>;

/**
 * An answer that says no, as RFC 9457 has it. Thrown by actions and answered by the application; transports
 * answer with `problemResponse` what never reaches it.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: ProblemStatus;
  /** Stable and machine-readable, for example `invalid_message`. */
  readonly code: string;
  /** Dotted path of the field at fault, where there is one. */
  readonly field: string | undefined;
  /** Headers of the response, for example `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail what the client should change or do, for its eyes */
  constructor(
    status: ProblemStatus,
    code: string,
    detail: string,
    options: {
      readonly field?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.field = options.field;
    this.headers = options.headers ?? {};
  }
}

/** The members of an `application/problem+json` body (RFC 9457 §3), here `about:blank` with two extensions. */
export interface ProblemDetails {
  readonly title: string;
  readonly status: ProblemStatus;
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
}

export function problemDetails(problem: Problem): ProblemDetails {
  return {
    title: statusText(problem.status),
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    ...(problem.field === undefined ? {} : { field: problem.field }),
  };
}
