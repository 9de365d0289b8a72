import type { ProblemCode } from "../application/problem-codes.ts";

/** What is wrong with a request, in SCGI's own vocabulary. */
export const scgiErrorDetails = {
  netstring_length_not_digits: "The netstring's length must be decimal digits, then a colon.",
  netstring_length_leading_zero: "The netstring's length must not begin with a zero.",
  netstring_length_too_long: "The netstring's length has too many digits.",
  headers_too_large: "The header block is too long.",
  missing_comma: "The netstring must end with a comma.",
  headers_not_nul_terminated: "The header block must end with a NUL.",
  odd_string_count: "The header block must hold names and values in pairs.",
  too_many_headers: "There are too many headers.",
  empty_name: "A header has an empty name.",
  content_length_missing: "CONTENT_LENGTH is missing.",
  content_length_not_first: "CONTENT_LENGTH must be the first header.",
  content_length_not_digits: "CONTENT_LENGTH must be decimal digits.",
  content_length_conflicting: "CONTENT_LENGTH comes twice with different values.",
  body_too_large: "CONTENT_LENGTH is too large.",
  scgi_missing: "The header SCGI is missing.",
  scgi_not_1: "The header SCGI must be 1.",
  premature_end: "The connection ended in the middle of the request.",
  bytes_after_body: "There are bytes after the body that CONTENT_LENGTH announced.",
} as const satisfies Partial<Record<ProblemCode, string>>;

export type ScgiErrorCode = keyof typeof scgiErrorDetails;
