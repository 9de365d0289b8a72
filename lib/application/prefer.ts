/** RFC 9110 §5.6.4. A comma in one separates nothing. */
const quotedString = /"(?:[^"\\]|\\.)*"/g;

/**
 * Whether a `Prefer` header (RFC 7240) has a preference, with whatever value and parameters.
 *
 * @param name in lower case
 */
export function prefers(prefer: string | undefined, name: string): boolean {
  if (prefer === undefined) return false;
  return prefer
    .replaceAll(quotedString, "")
    .split(",")
    .some((preference) => preference.split(/[;=]/, 1)[0]?.trim().toLowerCase() === name);
}
