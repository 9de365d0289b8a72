import type { InsertStatus } from "./insert-status.ts";

/** A status that is an error. */
export type ProblemStatus = Exclude<InsertStatus, 200 | 207>;

/**
 * Every code of a problem, with its status. Programs go by them, as do the statistics: one that was released keeps its
 * meaning.
 */
export const problemCodes = {
  invalid_json: 400,
  invalid_message: 400,
  invalid_encoding: 400,
  unknown_action: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  body_too_large: 413,
  message_too_large: 413,
  too_many_messages: 413,
  too_many_chunks: 413,
  unsupported_encoding: 415,
  idempotency_key_reused: 422,
  headers_too_large: 431,
  too_many_headers: 431,
  internal_error: 500,
  queue_refused: 500,
  out_of_time: 503,
  queue_unavailable: 503,
  too_many_connections: 503,
  too_much_in_flight: 503,
  answer_timeout: 504,
  queue_timeout: 504,

  // What keeps a transport from reading a request, in its own vocabulary.
  invalid_http: 400,
  invalid_host: 400,
  invalid_target: 400,
  premature_end: 400,
  request_method_missing: 400,
  netstring_length_not_digits: 400,
  netstring_length_leading_zero: 400,
  netstring_length_too_long: 400,
  missing_comma: 400,
  headers_not_nul_terminated: 400,
  odd_string_count: 400,
  empty_name: 400,
  content_length_missing: 400,
  content_length_not_first: 400,
  content_length_not_digits: 400,
  content_length_conflicting: 400,
  scgi_missing: 400,
  scgi_not_1: 400,
  bytes_after_body: 400,
} as const satisfies Record<string, ProblemStatus>;

export type ProblemCode = keyof typeof problemCodes;
