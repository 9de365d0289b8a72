/** Headers that belong to one exchange, and those of the protocol below. */
const notCompared = new Set([
  "x-request-id",
  "server-timing",
  "date",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "status",
]);

/** All that a door says of its own accord must be said by every door. */
export function comparedHeaders(headers: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...headers].filter(([name]) => !notCompared.has(name)).sort());
}
