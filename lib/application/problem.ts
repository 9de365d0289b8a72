import { type ProblemCode, type ProblemStatus, problemCodes } from "./problem-codes.ts";
import { statusText } from "./status-text.ts";

/**
 * An answer that says no, as RFC 9457 has it. Thrown by actions and answered by the application; transports
 * answer with `problemResponse` what never reaches it.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: ProblemStatus;
  readonly code: ProblemCode;
  /** Dotted path of the field at fault, where there is one. */
  readonly field: string | undefined;
  /** Headers of the response, for example `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail what the client should change or do, for its eyes */
  constructor(
    code: ProblemCode,
    detail: string,
    options: {
      readonly field?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.status = problemCodes[code];
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
  readonly code: ProblemCode;
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
