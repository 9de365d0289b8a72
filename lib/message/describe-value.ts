const longest = 40;

/** What was got, for an error: short and safe whatever a client sent, however deep or long. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return describeText(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

function describeText(text: string): string {
  return text.length <= longest ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, longest))}…`;
}
