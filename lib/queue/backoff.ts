export interface BackoffOptions {
  /** Milliseconds before the first retry, at most. */
  readonly base: number;
  /** Milliseconds before any retry, at most. */
  readonly cap: number;
  /** By how much that grows with each failure, at most. Default 2. */
  readonly growth?: number;
}

/**
 * Exponential backoff with full jitter: any time from nothing to the bound, so that many who failed together do not
 * come back together.
 *
 * @param attempt 1 after the first failure
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function backoff(
  attempt: number,
  { base, cap, growth = 2 }: BackoffOptions,
  random: () => number,
): number {
  return random() * Math.min(cap, base * growth ** (attempt - 1));
}
