/**
 * RFC 9110 §5.6.4. A comma in one separates nothing. One that does not end goes to the end of the header: so every quote begins a
 * match, and no text makes this look at what follows more than once.
 */
const quotedString = /"(?:[^"\\]|\\.?)*(?:"|$)/gs;

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
