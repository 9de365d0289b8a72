/**
 * Reads a Retry-After header (RFC 9110 §10.2.3): seconds, or a date.
 *
 * @param now Unix time in milliseconds
 * @returns milliseconds; 0 where it says nothing
 */
export function readRetryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  if (/^[0-9]{1,9}$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
